package io.ssyncd.node;

import io.ssyncd.log.ClockOffset;
import io.ssyncd.log.Role;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whose clock the entries of kernel tables were stamped by, and how far that is ahead of this
 * host's, so that an entry has the age here that it had there. It is the clock of the last member
 * that was seen to collect; a leader that begins to collect tells all it took over anew, in its own
 * time, see {@link LeaderFeed}. What is known of a leader's clock is kept after its death, measured
 * against this host's monotonic clock, which nobody sets.
 *
 * <p>Nothing is corrected where the clocks differ by no more than the estimate may be wrong, or by
 * less than {@link #LEAST}; and nothing while the clock of who collects has been set in between:
 * the table holds times of two clocks then.
 *
 * <p>{@link #look} and {@link #own} belong to the node's thread, {@link #aheadMs} to anybody.
 */
final class RecordsClock {
  /**
   * About what a translation to jiffies is good for; less is not worth to write all entries anew.
   */
  static final Duration LEAST = Duration.ofMillis(5);

  /**
   * So long a good estimate is not given up for a worse one: clocks drift apart by 3 ms in it,
   * which is less than {@link #LEAST}.
   */
  static final Duration KEPT = Duration.ofMinutes(1);

  /** What whole milliseconds of both clocks may add to the difference of two estimates. */
  private static final long ROUNDED_MS = 2;

  private static final long WORTH_SAYING_MS = 100;
  private static final Logger log = LoggerFactory.getLogger(RecordsClock.class);

  private final HostClock clock;
  private final Runnable changed;
  private volatile long aheadMs;

  /** Null: nobody was seen to collect, or this member does. */
  private @Nullable String collector;

  /** By how much the collector's clock was ahead of our monotonic one. */
  private long aheadOfSteadyMs;

  private Duration error = Duration.ZERO;

  /** When that was measured, on our monotonic clock. */
  private long measuredMs;

  private boolean known;
  private long saidMs;
  private boolean wasSet;

  /**
   * @param changed told of a new {@link #aheadMs}, on the thread of {@link #look}
   */
  RecordsClock(HostClock clock, Runnable changed) {
    this.clock = clock;
    this.changed = changed;
  }

  /** How far the clock that stamped the entries is ahead of this host's, in milliseconds. */
  long aheadMs() {
    return aheadMs;
  }

  /** This member stamps from now on, and has told anew what others stamped. */
  void own() {
    forget(null);
    use(0);
  }

  /** Looks who collects, and what is known of its clock; to be called some times a second. */
  void look(List<Members.Known> members, String self) {
    OptionalLong ours = clock.aheadOfSteadyMillis();
    if (ours.isPresent()) {
      look(members, self, ours.getAsLong());
    }
  }

  /**
   * @param oursMs how far our wall clock is ahead of our monotonic one: read once, or a thread that
   *     is kept waiting in between takes the wait for a difference of clocks
   */
  private void look(List<Members.Known> members, String self, long oursMs) {
    for (Members.Known each : members) {
      Notice notice = each.notice();
      if (each.member().role() == Role.LEADER
          && !each.member().name().equals(self)
          && notice != null
          && notice.state() == NodeState.INGESTING) {
        if (!each.member().name().equals(collector)) {
          forget(each.member().name());
        }
        if (each.member().clock() != null) {
          measured(each.member().clock(), oursMs);
        }
      }
    }
    if (collector == null || !known || wasSet) {
      use(0);
      return;
    }
    long ahead = aheadOfSteadyMs - oursMs;
    long slack = Math.max(LEAST.toMillis(), error.toMillis());
    long wanted = Math.abs(ahead) <= slack ? 0 : ahead;
    // An estimate that moves a little must not have every entry written anew.
    if (Math.abs(wanted - aheadMs) > slack) {
      use(wanted);
    }
  }

  private void forget(@Nullable String next) {
    collector = next;
    known = false;
    wasSet = false;
  }

  private void measured(ClockOffset offset, long oursMs) {
    long now = offset.ahead().toMillis() + oursMs;
    if (known && isWorse(offset, now)) {
      return;
    }
    if (known && Math.abs(now - aheadOfSteadyMs) >= HostClock.LEAST_JUMP.toMillis() && !wasSet) {
      wasSet = true;
      log.warn(
          "the clock of {} was set by {} ms while it collected: until another member does, the ages"
              + " of entries of kernel tables are taken as they are",
          collector,
          now - aheadOfSteadyMs);
    }
    aheadOfSteadyMs = now;
    error = offset.error();
    measuredMs = clock.steadyMillis();
    known = true;
  }

  /**
   * Whether what is known is better and still holds: the way to a busy member takes longer for a
   * while, and an estimate that comes and goes with that would have entries written anew each time.
   */
  private boolean isWorse(ClockOffset offset, long now) {
    long mostApart = error.plus(offset.error()).toMillis() + ROUNDED_MS;
    return offset.error().compareTo(error) > 0
        && clock.steadyMillis() - measuredMs < KEPT.toMillis()
        && Math.abs(now - aheadOfSteadyMs) <= mostApart;
  }

  private void use(long ahead) {
    if (ahead == aheadMs) {
      return;
    }
    aheadMs = ahead;
    // An estimate moves by some milliseconds all the time.
    if (ahead != 0 && Math.abs(ahead - saidMs) >= WORTH_SAYING_MS) {
      saidMs = ahead;
      log.info(
          "entries of kernel tables were stamped by the clock of {}, {} ms ahead of this host's,"
              + " known to within {} ms; their ages are corrected by that",
          collector,
          ahead,
          error.toNanos() / 1e6);
    }
    changed.run();
  }
}
