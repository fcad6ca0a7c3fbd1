package io.ssyncd.source.recent;

/** Counts jiffies on System.nanoTime(). */
final class SteadyKernel implements JiffiesReader {
  private final long tick;
  private final long base;
  private long start = System.nanoTime();
  private int readings;
  private int eventAt = -1;
  private Runnable event = () -> {};

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
    if (readings++ == eventAt) {
      event.run();
    }
    long now = System.nanoTime();
    return new Reading(now, base + Math.floorDiv(now - start, tick));
  }

  synchronized int readings() {
    return readings;
  }

  /** Something that happens before the reading after so many. */
  synchronized void afterReadings(int count, Runnable what) {
    eventAt = count;
    event = what;
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
