package io.ssyncd.node;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How soon a process that took another's place is written: the first one at once, for its clients
 * wait; one of many that follow each other later and later.
 */
final class Replacements {
  /** After a calm of so long the process behind a feed no longer counts as flapping. */
  private static final Duration CALM = Duration.ofMinutes(1);

  private static final Duration MOST = Duration.ofSeconds(10);

  private final Backoff flapping;
  private @Nullable Long lastNanos;

  /**
   * @param first the pause before the second one; doubles
   */
  Replacements(Duration first) {
    this.flapping = new Backoff(first, MOST);
  }

  /** The pause before the one is written that came just now. */
  Duration pause(long nowNanos) {
    boolean calm = lastNanos == null || nowNanos - lastNanos > CALM.toNanos();
    lastNanos = nowNanos;
    if (calm) {
      flapping.reset();
      return Duration.ZERO;
    }
    return flapping.next();
  }
}
