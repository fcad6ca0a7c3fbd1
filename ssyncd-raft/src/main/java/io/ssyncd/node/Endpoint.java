package io.ssyncd.node;

/**
 * The local end of a feed: source and sink of one Pound, or of this host's kernel tables, which
 * share what they know of it.
 */
public interface Endpoint extends AutoCloseable {
  /** Reports what happens there. */
  SessionSource source();

  /** Writes there. */
  SessionSink sink();

  /** Lets go of the process behind it in the way that process stands. */
  @Override
  void close();
}
