package io.ssyncd.log.atomix;

import io.ssyncd.log.ClockOffset;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Estimates another member's clock from request and answer, as NTP does: of the last samples the
 * one with the shortest way is believed, its error is at most half of that way. Theirs is a wall
 * clock, ours the monotonic one, so that nothing is wrong after ours was set; when theirs was, the
 * samples contradict each other, and the newest holds. Not thread-safe.
 */
final class ClockSamples {
  /** How many samples are kept. */
  static final int WINDOW = 16;

  /** Clocks that are being corrected differ by less within a window, in microseconds. */
  private static final long SLEWED = 5_000;

  private final long[] offsets = new long[WINDOW];
  private final long[] delays = new long[WINDOW];
  private int count;

  /**
   * Adds a sample; all in microseconds.
   *
   * @param sent ours, monotonic, when the request left
   * @param received theirs, of the wall, when it arrived
   * @param answered theirs, when the answer left
   * @param returned ours, when it arrived
   */
  void add(long sent, long received, long answered, long returned) {
    long delay = returned - sent - (answered - received);
    if (delay < 0) {
      // Their clock was set meanwhile.
      return;
    }
    // Not the mean of two differences: their sum may be too large.
    long offset = received - sent - delay / 2;
    if (count > 0) {
      int best = best();
      long apart = Math.abs(offset - offsets[best]);
      if (apart > (delay + delays[best]) / 2 + SLEWED) {
        count = 0;
      }
    }
    int at = count++ % WINDOW;
    offsets[at] = offset;
    delays[at] = delay;
  }

  /**
   * How far their clock is ahead of ours; null without a sample.
   *
   * @param wallAhead how far our wall clock is ahead of our monotonic one, in microseconds
   */
  @Nullable ClockOffset offset(long wallAhead) {
    if (count == 0) {
      return null;
    }
    int best = best();
    return new ClockOffset(
        Duration.ofNanos((offsets[best] - wallAhead) * 1000), Duration.ofNanos(delays[best] * 500));
  }

  private int best() {
    int best = 0;
    for (int i = 1; i < Math.min(count, WINDOW); i++) {
      if (delays[i] < delays[best]) {
        best = i;
      }
    }
    return best;
  }
}
