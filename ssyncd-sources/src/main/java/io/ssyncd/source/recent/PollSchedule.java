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

  /**
   * A table whose looks cost no more is cheap: hints hold for it, and it does not wait for a dear
   * one. On the kernels of today it has some ten thousand rows at most.
   */
  static final long CHEAP_NANOS = 5_000_000;

  /** What a look costs is the least of so many: a cold start or an interrupt is no measure. */
  static final int LOOKS_WEIGHED = 4;

  /** The longest pause while fewer looks than that are known, but for very dear ones. */
  static final long WARM_UP_NANOS = 1_000_000_000;

  /** What such looks take of a processor at most, once one takes very long. */
  static final double WARM_UP_SHARE = 0.2;

  /** Looks that are due within it are one: whoever is woken finds cold caches. */
  static final long SHORTEST_NANOS = 10_000_000;

  private static final long LONGEST_SLACK_NANOS = 50_000_000;
  private static final int FASTER = 4;
  private static final long BUSY_NANOS = 50_000_000;

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

  /**
   * For how long there is nothing to do: until one of these tables is due, or a little longer, by
   * an eighth of its interval at most, so that many are read in one go. After a hint nothing waits
   * for others.
   *
   * @param most not longer than this, in nanoseconds
   */
  long idle(Set<String> names, long now, long most) {
    long idle = most;
    for (String name : names) {
      Timing timing = tables.get(name);
      long slack = timing == null || timing.hinted ? SHORTEST_NANOS : slack(timing);
      idle = Math.min(idle, Math.max(slack, due(name, now) - now));
    }
    return idle;
  }

  private long slack(Timing timing) {
    long eighth = (long) alone(timing) / 8;
    return Math.max(SHORTEST_NANOS, Math.min(LONGEST_SLACK_NANOS, eighth));
  }

  /** The table was read: when, what processor time it took, and whether anything had changed. */
  void read(String table, long now, long costNanos, boolean changed) {
    Timing timing = tables.computeIfAbsent(table, name -> new Timing());
    if (timing.looks == 0) {
      timing.hintsFrom = now;
    }
    timing.took(costNanos);
    timing.lookedAt = now;
    if (timing.hinted) {
      timing.hinted = false;
      timing.hintsFrom = now + hintPause();
    }
    timing.quietLooks = changed ? 0 : Math.min(QUIET_LOOKS, timing.quietLooks + 1);
    timing.due = now + pause(timing);
  }

  /** The table could not be read: it is looked at again after the interval. */
  void skip(String table, long now) {
    tables.computeIfAbsent(table, name -> new Timing()).due = now + intervalNanos;
  }

  /** The table is being written: it is looked at as soon as that may be over. */
  void busy(String table, long now) {
    tables.computeIfAbsent(table, name -> new Timing()).due =
        now + Math.min(intervalNanos, BUSY_NANOS);
  }

  /**
   * There may be news in any table: each that is cheap to read is due at once, or 10 ms after its
   * last look, unless looks after hints have had their share by then. Looks in their turn do not
   * count for that: a hint after a while without any is answered however many tables there are.
   */
  void hint(long now) {
    for (Map.Entry<String, Timing> each : tables.entrySet()) {
      Timing timing = each.getValue();
      if (isCheap(each.getKey())) {
        long earliest = later(now, later(timing.lookedAt + SHORTEST_NANOS, timing.hintsFrom));
        if (earliest - timing.due < 0) {
          timing.due = earliest;
          timing.hinted = true;
        }
      }
    }
  }

  /** Whether what is known of the table's looks says that another one takes next to no time. */
  boolean isCheap(String table) {
    Timing timing = tables.get(table);
    return timing != null && timing.looks > 0 && timing.cost() <= CHEAP_NANOS;
  }

  /** After how long another hint holds, so that all looks after hints have their share at most. */
  private long hintPause() {
    double all = 0;
    for (Timing each : tables.values()) {
      all += each.cost() <= CHEAP_NANOS ? each.cost() : 0;
    }
    return (long) (all / HINT_SHARE);
  }

  private static long later(long one, long other) {
    return one - other > 0 ? one : other;
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

  /** What the dearest table's looks cost, and how long it is left alone, as of now. */
  Pace pace() {
    Timing dearest = null;
    for (Timing each : tables.values()) {
      dearest = dearest == null || each.cost() > dearest.cost() ? each : dearest;
    }
    return dearest == null ? Pace.NONE : new Pace((long) dearest.cost(), pause(dearest));
  }

  /**
   * How often the dearest table is looked at.
   *
   * @param costNanos processor time of a look
   * @param pauseNanos from one look to the next
   */
  record Pace(long costNanos, long pauseNanos) {
    static final Pace NONE = new Pace(0, 0);
  }

  /** A table has half of the share for itself; all together have the whole. */
  private long pause(Timing timing) {
    double share = 0;
    for (Timing each : tables.values()) {
      share += each.cost() / alone(each);
    }
    long pause = (long) (alone(timing) * Math.max(1, share / MAX_SHARE));
    long warmUp = Math.max(WARM_UP_NANOS, (long) (timing.cost() / WARM_UP_SHARE));
    return timing.looks < LOOKS_WEIGHED ? Math.min(pause, warmUp) : pause;
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
    private long cost;
    int looks;
    long lookedAt;
    long due;
    int quietLooks;

    /** It is due because of a hint. */
    boolean hinted;

    /** Hints hold from then on. */
    long hintsFrom;

    void took(long nanos) {
      costs[looks % LOOKS_WEIGHED] = nanos;
      looks = looks == 2 * LOOKS_WEIGHED ? LOOKS_WEIGHED + 1 : looks + 1;
      cost = Long.MAX_VALUE;
      for (int i = 0; i < Math.min(looks, LOOKS_WEIGHED); i++) {
        cost = Math.min(cost, costs[i]);
      }
    }

    double cost() {
      return cost;
    }
  }
}
