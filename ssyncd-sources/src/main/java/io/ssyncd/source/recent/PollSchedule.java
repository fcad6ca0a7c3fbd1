package io.ssyncd.source.recent;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Decides when each table is looked at next: at the configured interval, four times as often while
 * it changes, more seldom the dearer its reads are. While a table is read the kernel's lock on all
 * of them is held again and again, so the share of time spent reading is bounded. Not thread-safe;
 * knows no clock.
 */
final class PollSchedule {
  /** The share of one processor's time that reading may take, over all tables. */
  static final double MAX_SHARE = 0.06;

  /**
   * The share that looks before their turn may take besides, after hints that there is news.
   * Together both stay below 8 percent.
   */
  static final double HINT_SHARE = 0.02;

  /** After how many looks without a change a table counts as quiet. */
  static final int QUIET_LOOKS = 10;

  /** What a look costs is the least of so many: a cold start or an interrupt is no measure. */
  static final int LOOKS_WEIGHED = 4;

  /** The longest pause while fewer looks than that are known. */
  static final long WARM_UP_NANOS = 1_000_000_000;

  private static final int FASTER = 4;
  private static final long SHORTEST_NANOS = 10_000_000;

  private final long intervalNanos;
  private final Map<String, Timing> tables = new HashMap<>();

  PollSchedule(Duration interval) {
    this.intervalNanos = interval.toNanos();
  }

  /** When the table is due, in nanoseconds of the caller's clock; at once if it is new. */
  long due(String table, long now) {
    Timing timing = tables.get(table);
    return timing == null ? now : timing.due;
  }

  /** The table was read: when, what processor time it took, and whether anything had changed. */
  void read(String table, long now, long costNanos, boolean changed) {
    Timing timing = tables.computeIfAbsent(table, name -> new Timing());
    timing.took(costNanos);
    timing.lookedAt = now;
    timing.quietLooks = changed ? 0 : Math.min(QUIET_LOOKS, timing.quietLooks + 1);
    timing.due = now + pause(timing);
  }

  /** The table could not be read, or not now: it is looked at again after the interval. */
  void skip(String table, long now) {
    tables.computeIfAbsent(table, name -> new Timing()).due = now + intervalNanos;
  }

  /**
   * There may be news in any table: each is due as soon as its part of the hints' share allows. One
   * that is cheap to read is due 10 ms after its last look.
   */
  void hint(long now) {
    for (Timing timing : tables.values()) {
      if (timing.looks > 0) {
        long pause = (long) (timing.cost() * tables.size() / HINT_SHARE);
        long due = timing.lookedAt + Math.max(SHORTEST_NANOS, pause);
        long earliest = due - now > 0 ? due : now;
        timing.due = earliest - timing.due < 0 ? earliest : timing.due;
      }
    }
  }

  /** Forgets all but these. */
  void retain(Set<String> names) {
    tables.keySet().retainAll(names);
  }

  /** How long the table is left alone, as of now. */
  long pauseNanos(String table) {
    Timing timing = tables.get(table);
    return timing == null ? 0 : pause(timing);
  }

  /** A table has half of the share for itself; all together have the whole. */
  private long pause(Timing timing) {
    double share = 0;
    for (Timing each : tables.values()) {
      share += each.cost() / alone(each);
    }
    long pause = (long) (alone(timing) * Math.max(1, share / MAX_SHARE));
    return timing.looks < LOOKS_WEIGHED ? Math.min(pause, WARM_UP_NANOS) : pause;
  }

  private double alone(Timing timing) {
    long wanted =
        timing.quietLooks < QUIET_LOOKS
            ? Math.max(SHORTEST_NANOS, intervalNanos / FASTER)
            : intervalNanos;
    return Math.max(wanted, timing.cost() / (MAX_SHARE / 2));
  }

  private static final class Timing {
    private final long[] costs = new long[LOOKS_WEIGHED];
    int looks;
    long lookedAt;
    long due;
    int quietLooks;

    void took(long nanos) {
      costs[looks % LOOKS_WEIGHED] = nanos;
      looks = looks == 2 * LOOKS_WEIGHED ? LOOKS_WEIGHED + 1 : looks + 1;
    }

    double cost() {
      long least = Long.MAX_VALUE;
      for (int i = 0; i < Math.min(looks, LOOKS_WEIGHED); i++) {
        least = Math.min(least, costs[i]);
      }
      return least == Long.MAX_VALUE ? 0 : least;
    }
  }
}
