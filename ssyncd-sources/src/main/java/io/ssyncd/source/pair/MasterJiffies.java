package io.ssyncd.source.pair;

import java.util.Arrays;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What jiffies of another host mean in wall-clock time, as far as that can be known: the protocol
 * says neither what the master's counter stands at nor how fast it runs.
 *
 * <p>A stamp that arrives was made before that. So each one bounds the moment at which the counter
 * was zero, from above, and the least of these bounds is kept: of entries that clients make and use
 * while we listen it is off by what the master takes to tell of them (0.6 to 1.5 s were measured),
 * and before the first of these by the age of the newest entry. Ages come out too small by that,
 * never too large: nobody's entry ends early.
 *
 * <p>A stamp that is ahead of the counter would make all others older than they are. One that no
 * host can have counted to is therefore refused, and so is one that is ahead of what news have
 * shown; and where news contradict the answer to a request, they count.
 *
 * <p>Not thread-safe.
 */
final class MasterJiffies {
  /** Far enough apart that 250 and 300 a second differ by more than late news does. */
  static final long LEAST_SPAN_MS = 30_000;

  /** 64-bit kernels begin to count five minutes before this. */
  private static final long FIRST = 1L << 32;

  /** No host has run for longer than there have been such tables. */
  private static final long LONGEST_UPTIME_S = 30L * 365 * 86_400;

  /** News are late, clocks are set, and threads wait; more is neither. */
  private static final long SLACK_MS = 60_000;

  /** The rate may have been stated wrongly: no Debian kernel counts faster. */
  private static final int FASTEST = 1000;

  private static final int[] RATES = {100, 250, 300, 1000};

  private final int rate;
  private Bound bound = new Bound();

  /** What this connection alone says. */
  private Bound here = new Bound();

  /** What news alone say. */
  private Bound live = new Bound();

  /** Whether news came on this connection. */
  private boolean liveHere;

  private long firstLiveMs = -1;
  private long firstLive;
  private long lastLiveMs;
  private long lastLiveSteadyMs;
  private long lastLive;

  /** The earliest bound, and the newest stamp, of some stamps. */
  private static final class Bound {
    long zeroMs = Long.MAX_VALUE;
    long newest = Long.MIN_VALUE;

    void include(long zero, long jiffies) {
      zeroMs = Math.min(zeroMs, zero);
      newest = Math.max(newest, jiffies);
    }
  }

  /**
   * @param rate jiffies a second, which the master cannot tell
   */
  MasterJiffies(int rate) {
    this.rate = rate;
  }

  /** Jiffies a second, as assumed. */
  int rate() {
    return rate;
  }

  /**
   * Why a stamp that arrives cannot be one of the master's counter, as a word for counts; null if
   * it can.
   *
   * @param steadyMs the monotonic clock: either clock may have stood still or been set
   */
  @Nullable String objection(long jiffies, long nowMs, long steadyMs) {
    if (jiffies > FIRST + LONGEST_UPTIME_S * rate) {
      return "stamp-beyond-uptime";
    }
    if (!liveHere) {
      return null;
    }
    long passedMs = Math.max(0, Math.max(nowMs - lastLiveMs, steadyMs - lastLiveSteadyMs));
    long most = (passedMs + SLACK_MS) * Math.max(rate, FASTEST) / 1000;
    return jiffies - lastLive > most ? "stamp-ahead" : null;
  }

  /**
   * A stamp arrived, and {@link #objection} has none.
   *
   * @param asNews not in answer to a request
   */
  void seen(long jiffies, long nowMs, long steadyMs, boolean asNews) {
    long zero = nowMs - millis(jiffies);
    bound.include(zero, jiffies);
    here.include(zero, jiffies);
    if (asNews) {
      news(jiffies, nowMs, steadyMs);
      live.include(zero, jiffies);
    }
  }

  private void news(long jiffies, long nowMs, long steadyMs) {
    liveHere = true;
    if (firstLiveMs < 0) {
      firstLiveMs = nowMs;
      firstLive = jiffies;
    }
    if (jiffies > lastLive) {
      lastLiveMs = nowMs;
      lastLiveSteadyMs = steadyMs;
      lastLive = jiffies;
    }
  }

  /** A connection is there. */
  void connected() {
    here = new Bound();
    liveHere = false;
  }

  /**
   * Whether the counter began anew, for the old master's host was started again: its newest stamp
   * is older than one that was seen before. To be asked when a connection has told of everything;
   * what was known of the counter before is then forgotten.
   */
  boolean beganAnew() {
    if (here.newest == Long.MIN_VALUE || here.newest >= bound.newest) {
      return false;
    }
    bound = new Bound();
    bound.include(here.zeroMs, here.newest);
    live = new Bound();
    liveHere = false;
    firstLiveMs = -1;
    lastLive = 0;
    return true;
  }

  /** The wall-clock milliseconds of a stamp, not after now; a stamp must have been seen. */
  long toWallMs(long jiffies, long nowMs) {
    return Math.max(0, Math.min(nowMs, zeroMs() + millis(jiffies)));
  }

  /** When the counter was zero, as far as that is known. */
  private long zeroMs() {
    boolean contradicted = isAnchored() && live.zeroMs - bound.zeroMs > SLACK_MS;
    return contradicted ? live.zeroMs : bound.zeroMs;
  }

  /** Whether entries were heard of as they happened: ages are then off by 2 s at most. */
  boolean isAnchored() {
    return firstLiveMs >= 0;
  }

  /** The rate that news of {@value #LEAST_SPAN_MS} ms and more show; empty before. */
  OptionalInt measuredRate() {
    long span = lastLiveMs - firstLiveMs;
    if (firstLiveMs < 0 || span < LEAST_SPAN_MS) {
      return OptionalInt.empty();
    }
    double measured = (lastLive - firstLive) * 1000.0 / span;
    return Arrays.stream(RATES).filter(hz -> Math.abs(measured - hz) <= hz * 0.08).findFirst();
  }

  private long millis(long jiffies) {
    return Math.multiplyHigh(jiffies, 1000L) == 0 ? jiffies * 1000 / rate : jiffies / rate * 1000;
  }
}
