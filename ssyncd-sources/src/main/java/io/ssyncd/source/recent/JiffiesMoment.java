package io.ssyncd.source.recent;

/**
 * An instant known both in jiffies and in wall-clock time: what translates one into the other. A
 * stamp in jiffies means some time within its tick; the middle is taken. Immutable.
 */
public final class JiffiesMoment {
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final JiffiesWidth width;
  private final long tickNanos;
  private final long jiffies;
  private final long observed;
  private final long sinceTickNanos;
  private final long wallNanos;

  /**
   * @param width of the kernel
   * @param tickNanos length of a jiffy
   * @param jiffies the counter now, as it should be
   * @param observed the counter as it was last read, a moment before
   * @param sinceTickNanos how long ago the counter went there, 0 to less than a tick
   * @param wallNanos now, in nanoseconds since 1970
   */
  JiffiesMoment(
      JiffiesWidth width,
      long tickNanos,
      long jiffies,
      long observed,
      long sinceTickNanos,
      long wallNanos) {
    this.width = width;
    this.tickNanos = tickNanos;
    this.jiffies = jiffies;
    this.observed = observed;
    this.sinceTickNanos = sinceTickNanos;
    this.wallNanos = wallNanos;
  }

  /** The arithmetic of this kernel's jiffies. */
  public JiffiesWidth width() {
    return width;
  }

  /** Now, in jiffies. */
  public long jiffies() {
    return jiffies;
  }

  /**
   * What the counter showed up to 0.1 s ago. It lags behind {@link #jiffies} where the processor
   * that counts sleeps or is not scheduled, as in virtual machines; what is stamped from now on is
   * not before this.
   */
  public long observed() {
    return observed;
  }

  /** Now, in wall-clock milliseconds since 1970. */
  public long wallMs() {
    return Math.floorDiv(wallNanos, NANOS_PER_MILLI);
  }

  /** The length of a tick in milliseconds, rounded up. */
  public long tickMs() {
    return (tickNanos + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI;
  }

  /** The wall-clock milliseconds of a stamp; neither after now nor before 1970. */
  public long toWallMs(long stamp) {
    long ticks = width.since(jiffies, stamp);
    if (ticks <= 0) {
      return ticks < 0 ? wallMs() : clamp(wallNanos - sinceTickNanos + tickNanos / 2);
    }
    if (ticks > wallNanos / tickNanos) {
      return 0;
    }
    return clamp(wallNanos - sinceTickNanos - ticks * tickNanos + tickNanos / 2);
  }

  private long clamp(long nanos) {
    return Math.floorDiv(Math.max(0, Math.min(nanos, wallNanos)), NANOS_PER_MILLI);
  }

  /** The stamp for wall-clock milliseconds, as this kernel holds it; one after now is now. */
  public long toJiffies(long wallMs) {
    long past = Math.max(0, Math.min(wallMs, wallMs()));
    long middle = past * NANOS_PER_MILLI + NANOS_PER_MILLI / 2;
    long ticks = Math.floorDiv(middle - (wallNanos - sinceTickNanos), tickNanos);
    long oldest = width == JiffiesWidth.BITS_32 ? -(long) Integer.MAX_VALUE : Long.MIN_VALUE / 2;
    return width.wrap(jiffies + Math.max(oldest, Math.min(0, ticks)));
  }
}
