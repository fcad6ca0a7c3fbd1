package io.ssyncd.log.atomix;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Estimates another member's clock from request and answer, as NTP does: of the last samples the
 * one with the shortest way is believed, its error is at most half of that way. Not thread-safe.
 */
final class ClockSamples {
  /** How many samples are kept. */
  static final int WINDOW = 16;

  private final long[] offsets = new long[WINDOW];
  private final long[] delays = new long[WINDOW];
  private int count;

  /**
   * Adds a sample; all in microseconds of wall clock.
   *
   * @param sent ours, when the request left
   * @param received theirs, when it arrived
   * @param answered theirs, when the answer left
   * @param returned ours, when it arrived
   */
  void add(long sent, long received, long answered, long returned) {
    long delay = returned - sent - (answered - received);
    if (delay < 0) {
      // A clock was set meanwhile.
      return;
    }
    int at = count++ % WINDOW;
    offsets[at] = (received - sent + (answered - returned)) / 2;
    delays[at] = delay;
  }

  /** How far their clock is ahead of ours; null without a sample. */
  @Nullable Duration offset() {
    int kept = Math.min(count, WINDOW);
    if (kept == 0) {
      return null;
    }
    int best = 0;
    for (int i = 1; i < kept; i++) {
      if (delays[i] < delays[best]) {
        best = i;
      }
    }
    return Duration.ofNanos(offsets[best] * 1000);
  }
}
