package io.ssyncd.node;

import java.util.Optional;

/**
 * The local end of a feed: source and sink of one Pound, or of this host's kernel tables, which
 * share what they know of it.
 */
public interface Endpoint extends AutoCloseable {
  /** Reports what happens there. */
  SessionSource source();

  /** Writes there. */
  SessionSink sink();

  /**
   * A digest of the configuration that tells which of the feed's sessions may be written, so that
   * members can be compared; its first 64 characters count. Empty if there is none. Never blocks.
   */
  default Optional<String> configurationDigest() {
    return Optional.empty();
  }

  /** Lets go of the process behind it in the way that process stands. */
  @Override
  void close();
}
