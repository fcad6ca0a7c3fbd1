package io.ssyncd.log;

import java.time.Duration;
import java.util.OptionalLong;

/**
 * How much of something that happens as often as others please is written to the log: so many in a
 * minute, each of them, and of the rest how many there were, with the next that is written. For
 * what always says the same there is {@link RepeatedFailure}. Thread-safe.
 */
public final class MinuteRation {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final int most;
  private boolean begun;
  private long beganNanos;
  private int said;
  private long unsaid;

  /**
   * Of something that has not happened yet.
   *
   * @param most so many are written in a minute
   */
  public MinuteRation(int most) {
    this.most = most;
  }

  /**
   * It happened.
   *
   * @param nowNanos as {@link System#nanoTime} tells it
   * @return if it is to be written, how many before it were not and have not been counted in the
   *     log yet; empty if it is not to be written
   */
  public synchronized OptionalLong toSay(long nowNanos) {
    if (!begun || nowNanos - beganNanos >= MINUTE.toNanos()) {
      begun = true;
      beganNanos = nowNanos;
      said = 0;
    }
    if (said >= most) {
      unsaid++;
      return OptionalLong.empty();
    }
    said++;
    long before = unsaid;
    unsaid = 0;
    return OptionalLong.of(before);
  }
}
