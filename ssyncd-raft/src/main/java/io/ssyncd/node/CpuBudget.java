package io.ssyncd.node;

/**
 * Bounds what some work takes of one core: whoever took time waits until it is a small enough part
 * of what has passed. Thread-safe.
 */
final class CpuBudget {
  private static final long SECOND = 1_000_000_000L;
  private static final int WINDOW = 60;

  private final int percent;
  private final long[] spent = new long[WINDOW];
  private final long beganNanos = System.nanoTime();
  private long second;
  private long freeNanos = beganNanos;

  /** At most so much of a core, over any time that is long against one piece of the work. */
  CpuBudget(int percent) {
    this.percent = percent;
  }

  /** Whether the next piece may begin. */
  synchronized boolean isFree(long nowNanos) {
    return nowNanos - freeNanos >= 0;
  }

  /** A piece of the work has ended that took so much of a processor. */
  synchronized void spent(long cpuNanos, long nowNanos) {
    long begin = freeNanos - nowNanos > 0 ? freeNanos : nowNanos;
    freeNanos = begin + cpuNanos * (100 - percent) / percent;
    roll(nowNanos);
    spent[(int) (second % WINDOW)] += cpuNanos;
  }

  /** What was taken over the last minute, as a part of one core. */
  synchronized double share(long nowNanos) {
    roll(nowNanos);
    long sum = 0;
    for (long each : spent) {
      sum += each;
    }
    return (double) sum / (WINDOW * SECOND);
  }

  /** The bound, as a part of one core. */
  double bound() {
    return percent / 100.0;
  }

  private void roll(long nowNanos) {
    long now = (nowNanos - beganNanos) / SECOND;
    for (long each = Math.max(second + 1, now - WINDOW + 1); each <= now; each++) {
      spent[(int) (each % WINDOW)] = 0;
    }
    second = Math.max(second, now);
  }
}
