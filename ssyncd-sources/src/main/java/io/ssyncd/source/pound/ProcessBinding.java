package io.ssyncd.source.pound;

import org.jspecify.annotations.Nullable;

/**
 * Which Pound process a source speaks for: the one that the table was written into. Another one
 * knows nothing of the cluster's sessions. Not thread-safe.
 */
final class ProcessBinding {
  private @Nullable PeerProcess bound;
  private @Nullable PeerProcess announced;

  /**
   * A source starts.
   *
   * @param connected the process on the other side now
   * @param written the one that a sink wrote last
   */
  void begin(@Nullable PeerProcess connected, @Nullable PeerProcess written) {
    // One that was announced and not written all the same (its sink refused) is not announced
    // twice.
    boolean announcedBefore = connected != null && connected.equals(announced);
    bound = written == null || announcedBefore ? connected : written;
  }

  /** Whether that is the process; if not, it is announced now. */
  boolean accepts(PeerProcess process) {
    if (process.equals(bound)) {
      return true;
    }
    announced = process;
    return false;
  }
}
