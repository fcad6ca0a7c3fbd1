package io.ssyncd.node;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * When leadership may follow an address that moves. One that comes after a calm is followed as soon
 * as it has settled, which passes over the double masters of keepalived; one that comes back
 * shortly after it left has to stay for the hold-down first, so that an address that flaps takes
 * leadership with it once, not each time.
 *
 * <p>Times are those of {@link System#nanoTime}. On one thread.
 */
final class HoldDown {
  /** So many moves in a window are a flapping address: it came and went twice. */
  static final int FLAPS = 4;

  private static final Duration LEAST_WINDOW = Duration.ofMinutes(1);

  private final long settle;
  private final long holdDown;
  private final long window;
  private final Deque<Long> lately = new ArrayDeque<>();
  private boolean here;
  private long cameAt;
  private @Nullable Long leftAt;
  private long wait;
  private long moves;

  /**
   * Of an address that is not here.
   *
   * @param settle how long an address that comes after a calm has to stay
   * @param holdDown how long it has to stay if it was here, and settled, so lately
   */
  HoldDown(Duration settle, Duration holdDown) {
    this.settle = settle.toNanos();
    this.holdDown = holdDown.toNanos();
    Duration ten = holdDown.multipliedBy(10);
    this.window = (ten.compareTo(LEAST_WINDOW) > 0 ? ten : LEAST_WINDOW).toNanos();
  }

  /** Looks where the address is. */
  void look(boolean isHere, long now) {
    while (!lately.isEmpty() && now - lately.getFirst() > window) {
      lately.removeFirst();
    }
    if (isHere == here) {
      return;
    }
    if (isHere) {
      boolean calm = leftAt == null || now - leftAt >= holdDown;
      wait = calm ? settle : Math.max(settle, holdDown);
      cameAt = now;
    } else if (now - cameAt >= settle) {
      leftAt = now;
    }
    here = isHere;
    moves++;
    lately.addLast(now);
    if (lately.size() > FLAPS) {
      lately.removeFirst();
    }
  }

  /** Whether the address is here, and to be followed. */
  boolean isFollowed(long now) {
    return here && now - cameAt >= wait;
  }

  /** Whether it comes and goes. */
  boolean flaps() {
    return lately.size() >= FLAPS;
  }

  /** How often it came or went. */
  long moves() {
    return moves;
  }
}
