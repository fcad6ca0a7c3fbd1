package io.ssyncd.source.recent;

import java.io.IOException;
import java.util.OptionalLong;

/** How long a jiffy is: found from readings, and snapped to what Linux can be built with. */
final class TickLength {
  /** Ticks a second (kernel/Kconfig.hz). */
  static final int[] HZ = {100, 250, 300, 1000};

  /** Far enough apart that 250 and 300 differ by 15 ticks. */
  static final long APART_NANOS = 300_000_000;

  /** Jiffies go from 300 seconds before 2^32 on (INITIAL_JIFFIES in linux/jiffies.h). */
  private static final double WRAP_SECONDS = 300;

  /** The nominal begin was seen to be off by 0.25 s, which matters near the wrap. */
  private static final double NEAR_WRAP_SECONDS = 30;

  private static final double TOLERANCE = 0.02;

  private TickLength() {}

  /**
   * At once, from what has passed since boot; empty where that does not tell: near the wrap, on a
   * kernel of 32 bits, or when the kernel's clock is not the one that was read.
   */
  static OptionalLong sinceBoot(JiffiesReader.Reading reading, JiffiesWidth width) {
    double seconds = reading.nanos() / 1e9 - WRAP_SECONDS;
    if (width == JiffiesWidth.BITS_32 || Math.abs(seconds) < NEAR_WRAP_SECONDS) {
      return OptionalLong.empty();
    }
    return snap((reading.jiffies() - (1L << 32)) / seconds, 0);
  }

  /**
   * From two readings, at least {@link #APART_NANOS} apart.
   *
   * @throws IOException if they fit none of the lengths that Linux knows
   */
  static long between(JiffiesReader.Reading first, JiffiesReader.Reading second, JiffiesWidth width)
      throws IOException {
    double seconds = (second.nanos() - first.nanos()) / 1e9;
    double measured = width.since(second.jiffies(), first.jiffies()) / seconds;
    return snap(measured, 1.5 / seconds)
        .orElseThrow(
            () ->
                new IOException(
                    "jiffies run at " + Math.round(measured) + " Hz, which is no kernel's rate"));
  }

  private static OptionalLong snap(double measured, double slack) {
    for (int hz : HZ) {
      if (Math.abs(measured - hz) <= slack + hz * TOLERANCE) {
        return OptionalLong.of(1_000_000_000L / hz);
      }
    }
    return OptionalLong.empty();
  }
}
