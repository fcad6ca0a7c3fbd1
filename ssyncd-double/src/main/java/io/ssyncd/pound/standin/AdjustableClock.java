package io.ssyncd.pound.standin;

import java.util.function.LongSupplier;

/** Unix seconds that a test can stop, set and move. Starts as the real time. Thread-safe. */
public final class AdjustableClock implements LongSupplier {
  private long offset;
  private long fixed = Long.MIN_VALUE;

  @Override
  public synchronized long getAsLong() {
    return fixed != Long.MIN_VALUE ? fixed : System.currentTimeMillis() / 1000 + offset;
  }

  /** Stands still at a time. */
  public synchronized void set(long unixSeconds) {
    fixed = unixSeconds;
  }

  /** Moves forward, or back; a clock that stands still goes on standing. */
  public synchronized void advance(long seconds) {
    if (fixed != Long.MIN_VALUE) {
      fixed += seconds;
    } else {
      offset += seconds;
    }
  }

  /** Real time again. */
  public synchronized void reset() {
    fixed = Long.MIN_VALUE;
    offset = 0;
  }
}
