package io.ssyncd.node;

/**
 * The states of a promotion, in its order. The ordinal is exported as a metric; names are part of
 * the contract of {@code status -o json}.
 */
public enum NodeState {
  /** Does not lead; holds the table. */
  FOLLOWER,
  /** Was elected; its OPEN is proposed. */
  ELECTED,
  /** Has applied its own OPEN, and so everything before it: the epoch is known. */
  CAUGHT_UP,
  /** Writes the table into its sinks, in the configured order. */
  WRITING,
  /** All sinks were written and read back. */
  VERIFIED,
  /** Its sources report to the log. */
  INGESTING,
  /** Lost leadership; its sources are being stopped. */
  DRAINING
}
