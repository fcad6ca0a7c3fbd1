package io.ssyncd.node;

import java.util.OptionalLong;

/**
 * When the log was how far: so that "behind by 3,000 entries" can be told as "behind by 40 ms".
 * Keeps the last {@value #SAMPLES} samples. Thread-safe.
 */
final class CommitTimes {
  /** One each 100 ms: the last minute. */
  private static final int SAMPLES = 600;

  private final long[] indexes = new long[SAMPLES];
  private final long[] nanos = new long[SAMPLES];
  private int next;
  private int size;

  synchronized void sample(long commitIndex, long nowNanos) {
    int last = (next + SAMPLES - 1) % SAMPLES;
    if (size > 0 && indexes[last] == commitIndex) {
      return;
    }
    indexes[next] = commitIndex;
    nanos[next] = nowNanos;
    next = (next + 1) % SAMPLES;
    size = Math.min(size + 1, SAMPLES);
  }

  /** For how many milliseconds there has been something beyond {@code applied}; empty for none. */
  synchronized OptionalLong behindMs(long applied, long nowNanos) {
    for (int i = 0; i < size; i++) {
      int at = (next + SAMPLES - size + i) % SAMPLES;
      if (indexes[at] > applied) {
        return OptionalLong.of(Math.max(0, (nowNanos - nanos[at]) / 1_000_000));
      }
    }
    return OptionalLong.empty();
  }
}
