package io.ssyncd.log.atomix;

import java.time.Duration;

/**
 * How long nothing was heard by somebody who could have heard: time in which nobody looked is no
 * silence. A thread that was busy for seconds, as a server's is with what it applies after its
 * start, finds what others said meanwhile in its queue behind the look that tells it so.
 *
 * <p>Used by one thread.
 */
final class Silence {
  private final long patienceNanos;
  private final long standstillNanos;
  private long since;
  private long lookedAt;

  /**
   * Begins now.
   *
   * @param patience how long a silence is borne
   * @param standstill from which time between two looks on nobody has looked
   * @param now by the monotonic clock, nanoseconds
   */
  Silence(Duration patience, Duration standstill, long now) {
    this.patienceNanos = patience.toNanos();
    this.standstillNanos = standstill.toNanos();
    this.since = now;
    this.lookedAt = now;
  }

  /**
   * One look.
   *
   * @param heard whether anything was heard of late
   * @return whether it has been silent for longer than is borne
   */
  boolean tooLong(boolean heard, long now) {
    if (heard || now - lookedAt > standstillNanos) {
      since = now;
    }
    lookedAt = now;
    return now - since > patienceNanos;
  }

  /** It is counted from now on. */
  void beginAnew(long now) {
    since = now;
  }
}
