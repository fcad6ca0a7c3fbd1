package io.ssyncd.log;

import java.time.Duration;

/**
 * An estimate of another member's wall clock.
 *
 * @param ahead how far it is ahead of ours; negative if it is behind
 * @param error how far off that may be at most, as long as nobody sets a clock
 */
public record ClockOffset(Duration ahead, Duration error) {
  /** The same clock. */
  public static final ClockOffset NONE = new ClockOffset(Duration.ZERO, Duration.ZERO);
}
