package io.ssyncd.bench;

import java.util.Arrays;

/** Measured times, in nanoseconds, as percentiles. */
final class Durations {
  private static final double NANOS_PER_MS = 1e6;

  private final long[] sorted;

  Durations(long[] nanos) {
    sorted = nanos.clone();
    Arrays.sort(sorted);
  }

  int count() {
    return sorted.length;
  }

  /**
   * The time that so many of a hundred did not exceed, in milliseconds.
   *
   * @param percent above 0, at most 100
   */
  double ms(double percent) {
    if (sorted.length == 0) {
      return Double.NaN;
    }
    int rank = (int) Math.ceil(percent / 100 * sorted.length) - 1;
    return Math.round(sorted[Math.max(0, rank)] / NANOS_PER_MS * 1000) / 1000.0;
  }
}
