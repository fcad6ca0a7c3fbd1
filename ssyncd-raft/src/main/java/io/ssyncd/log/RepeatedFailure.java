package io.ssyncd.log;

import java.time.Duration;

/**
 * The failure of something that is done again and again, often many times a second: said the first
 * time, and from then on once a minute at most, with how often it came. A log that it fills hides
 * everything else. Thread-safe.
 */
public final class RepeatedFailure {
  private static final Duration EVERY = Duration.ofMinutes(1);

  private boolean said;
  private long saidNanos;
  private long since;

  /** Of something that has not failed. */
  public RepeatedFailure() {}

  /**
   * Notes a failure.
   *
   * @param nowNanos as {@link System#nanoTime} tells it
   * @return how many came since the last that was said, this one included, if it is to be said; 0
   *     if it is not
   */
  public synchronized long toSay(long nowNanos) {
    since++;
    if (said && nowNanos - saidNanos < EVERY.toNanos()) {
      return 0;
    }
    said = true;
    saidNanos = nowNanos;
    long count = since;
    since = 0;
    return count;
  }
}
