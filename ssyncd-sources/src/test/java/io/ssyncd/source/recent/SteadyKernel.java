package io.ssyncd.source.recent;

/** Counts jiffies on System.nanoTime(). */
final class SteadyKernel implements JiffiesReader {
  private final long tick;
  private final long base;
  private long start = System.nanoTime();

  SteadyKernel(int hz, long base) {
    this.tick = 1_000_000_000L / hz;
    this.base = base;
  }

  /** One that was booted when System.nanoTime() was 0. */
  static SteadyKernel sinceBoot(int hz) {
    return new SteadyKernel(hz, (1L << 32) + Math.round((System.nanoTime() / 1e9 - 300) * hz));
  }

  @Override
  public synchronized Reading read() {
    long now = System.nanoTime();
    return new Reading(now, base + Math.floorDiv(now - start, tick));
  }

  /** The jiffies of now. */
  long jiffies() {
    return read().jiffies();
  }

  synchronized void jump(long nanos) {
    start += nanos;
  }

  @Override
  public String name() {
    return "steady";
  }
}
