package io.ssyncd.node;

/** How a sink stands; the names are part of the contract of {@code status -o json}. */
enum SinkState {
  /** Not written since this process started, or its last write was called off. */
  IDLE,
  /** Being written. */
  WRITING,
  /** Written, read back, everything in place. */
  VERIFIED,
  /** Written, but some records were refused or read back otherwise. */
  PARTIAL,
  /** The last write failed: nothing is known of what it holds. */
  FAILED
}
