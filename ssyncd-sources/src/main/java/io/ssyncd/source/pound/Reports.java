package io.ssyncd.source.pound;

import io.ssyncd.node.Intake;
import io.ssyncd.session.HttpKey;
import io.ssyncd.session.HttpSession;
import io.ssyncd.session.Mutation;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a source says, and whether it may: its state, refreshes thinned, deletions held, the intake
 * offered one change at a time. Not thread-safe: guarded by the source's lock.
 */
final class Reports {
  private static final Logger log = LoggerFactory.getLogger(Reports.class);

  /** How far a source has come. */
  enum State {
    /** Says nothing. */
    STOPPED,
    /** Waits for a dump. */
    WAITING,
    /** Tells each change. */
    REPORTING,
    /** The intake had no room: says nothing until it has. */
    OVERFLOWED,
    /** Another Pound: says nothing until it is started again. */
    REPLACED
  }

  private final PoundLink link;
  private final PoundLinkConfig config;
  private final HeldDeletes held;
  private final DeletePolicy deletes;
  private @Nullable Intake intake;
  private @Nullable Intake lastIntake;
  private boolean passingOver;
  private State state = State.STOPPED;
  private long run;
  private long told;
  private long thinned;
  private long overflows;
  private long expired;
  private long notAdopted;

  Reports(PoundLink link) {
    this.link = link;
    this.config = link.config();
    this.held = new HeldDeletes(config.maxSessions());
    this.deletes = new DeletePolicy(link, held);
  }

  /**
   * Starts anew, waiting; or stops for null. A new intake means that this node begins to lead: what
   * its Pound has already is adopted, or not.
   */
  void begin(@Nullable Intake to) {
    run++;
    if (to != null && to != lastIntake) {
      passingOver = config.adopt() == Adopt.NEVER;
      notAdopted = 0;
      lastIntake = to;
    }
    intake = to;
    state = to == null ? State.STOPPED : State.WAITING;
    held.clear();
  }

  /** Another Pound: nothing more is said. */
  void replaced() {
    state = State.REPLACED;
    held.clear();
  }

  /** The intake has room again: what was said before may be lost. */
  void again() {
    if (state == State.OVERFLOWED) {
      state = State.WAITING;
    }
    held.tellAgain();
  }

  /**
   * From here on changes are told; a comparison may begin.
   *
   * @return the number of this run; empty if it may not
   */
  @Nullable Long reporting() {
    if (state != State.WAITING && state != State.REPORTING) {
      return null;
    }
    state = State.REPORTING;
    return run;
  }

  /** Whether that run still goes on and tells changes. */
  boolean reporting(long sinceRun) {
    return run == sinceRun && state == State.REPORTING;
  }

  State state() {
    return state;
  }

  @Nullable Intake intake() {
    return intake;
  }

  HeldDeletes held() {
    return held;
  }

  /**
   * Compares a session with what the table has: the newer one wins, and of equally old ones the
   * table's. Where nothing is adopted, Pound's wins once it changes.
   */
  void compare(Mirrored session, @Nullable HttpSession known) {
    HttpSession now = session.session();
    boolean newer = known == null || now.lastAccessMs() > known.lastAccessMs();
    if (!newer) {
      session.reported = known;
    } else if (!link.farm().expired(now, config.clock())) {
      adopt(session, known);
    }
  }

  private void adopt(Mirrored session, @Nullable HttpSession known) {
    if (passingOver) {
      session.passedOver = session.session();
      notAdopted++;
    }
    if (session.session().equals(session.passedOver)) {
      session.reported = known;
    } else {
      put(session);
    }
  }

  /** Everything was compared once. */
  void compared() {
    if (passingOver && notAdopted > 0) {
      log.warn(
          "http {}: {} sessions that its Pound had when this node began to lead are not taken into"
              + " the cluster (http.adopt = never) until their clients come again",
          config.farm(),
          notAdopted);
    }
    passingOver = false;
  }

  /** How many sessions were not adopted when this node began to lead. */
  long notAdopted() {
    return intake == null ? 0 : notAdopted;
  }

  /** Pound told of a session. */
  void told(Mirrored session, boolean dumping) {
    held.cancel(session.session().key());
    if (state != State.REPORTING) {
      return;
    }
    // What a dump tells of a session we know nothing of may be older than the table's: the
    // comparison after the dump decides.
    if (dumping && session.reported == null) {
      return;
    }
    if (worthTelling(session, dumping)) {
      put(session);
    } else {
      thinned++;
    }
  }

  private boolean worthTelling(Mirrored session, boolean dumping) {
    HttpSession before = session.reported;
    HttpSession now = session.session();
    if (before == null) {
      return true;
    }
    long moved = now.lastAccessMs() - before.lastAccessMs();
    if (before.backend() != now.backend()) {
      // Within one second nobody knows which is newer: what a dump tells is not news then.
      return !dumping || moved > 0;
    }
    long interval = config.thinning().intervalMs(link.farm().ttlMs(now.key()));
    // What happens now is news, even if a clock that was ahead has made the time before later.
    return moved >= interval || !dumping && moved <= -interval;
  }

  /** Pound told that a session is gone. */
  void deleted(HttpKey key, @Nullable Mirrored last) {
    if (gone(key, last)) {
      deletes.settle(key);
    }
  }

  /** Pound was found not to hold these any more. */
  void absent(Collection<Mirrored> sessions) {
    List<Mirrored> early =
        sessions.stream().filter(session -> gone(session.session().key(), session)).toList();
    early.forEach(session -> deletes.settle(session.session().key()));
  }

  /** Whether the deletion is held for now. */
  private boolean gone(HttpKey key, @Nullable Mirrored last) {
    if (intake == null || state == State.REPLACED || link.mirror().holds(key)) {
      return false;
    }
    if (deletes.take(key, last == null ? null : last.session())) {
      delete(key);
      return false;
    }
    return true;
  }

  /** Tells the held deletions whose time has come. */
  void tellDue() {
    held.due(config.clock().steadyMillis()).forEach(this::delete);
  }

  /** Proposes the removal of a session that nobody deletes; one whose deletion is held is not. */
  void expire(HttpKey key) {
    if (!held.holds(key)) {
      expired++;
      offer(new Mutation.Delete(key));
    }
  }

  private void put(Mirrored session) {
    HttpSession now = session.session();
    if (offer(new Mutation.Put(now))) {
      session.reported = now;
    }
  }

  private void delete(HttpKey key) {
    if (state != State.REPORTING) {
      return;
    }
    if (link.mirror().holds(key)) {
      held.cancel(key);
    } else if (offer(new Mutation.Delete(key))) {
      held.told(key);
    }
  }

  private boolean offer(Mutation mutation) {
    if (intake == null) {
      return false;
    }
    if (intake.offer(mutation)) {
      told++;
      return true;
    }
    overflows++;
    state = State.OVERFLOWED;
    log.warn(
        "http {}: more changes than the log takes; all is compared again later", config.farm());
    return false;
  }

  SourceCounters counters() {
    return new SourceCounters(
        told,
        thinned,
        overflows,
        expired,
        held.size(),
        config.maxSessions(),
        held.overflows(),
        held.returned(),
        held.massDropped());
  }
}
