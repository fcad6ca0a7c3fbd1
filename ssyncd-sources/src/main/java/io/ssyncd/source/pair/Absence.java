package io.ssyncd.source.pair;

import java.time.Duration;

/**
 * For how long there has been no old master to speak of. One that takes a connection and lets it go
 * at once is as absent as one that takes none: only a connection that lasted for a while counts.
 *
 * <p>Not thread-safe; times are of {@link System#nanoTime}.
 */
final class Absence {
  private final long lastingNanos;
  private long sinceNanos;
  private long connectedNanos;
  private boolean connected;
  private boolean lasted;

  /**
   * Absent from now on.
   *
   * @param lasting so long a connection has to hold to count
   */
  Absence(Duration lasting, long nowNanos) {
    this.lastingNanos = lasting.toNanos();
    this.sinceNanos = nowNanos;
  }

  /** It is connected. */
  void connected(long nowNanos) {
    connected = true;
    connectedNanos = nowNanos;
  }

  /** Whether it is. */
  boolean isConnected() {
    return connected;
  }

  /** It is lost, or could not be connected. */
  void lost(long nowNanos) {
    lasted = connected && nowNanos - connectedNanos >= lastingNanos;
    connected = false;
    if (lasted) {
      sinceNanos = nowNanos;
    }
  }

  /** Whether what was lost last had lasted. */
  boolean lasted() {
    return lasted;
  }

  /** Whether it is lost and has been absent for longer than that. */
  boolean isLonger(Duration patience, long nowNanos) {
    return !connected && nowNanos - sinceNanos > patience.toNanos();
  }
}
