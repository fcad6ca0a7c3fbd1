package io.ssyncd.source.pound;

import io.ssyncd.node.Intake;
import io.ssyncd.node.SessionSource;
import io.ssyncd.session.Feed;
import io.ssyncd.session.HttpKey;
import io.ssyncd.session.HttpSession;
import io.ssyncd.session.Mutation;
import io.ssyncd.session.Scope;
import io.ssyncd.session.SessionRecord;
import io.ssyncd.table.TableView;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports what a farm's Pound holds and what happens there: the difference to the table first, then
 * each change, refreshes thinned and early deletions held.
 *
 * <p>Three threads meet here: the node's, the one that reads the link, and the endpoint's worker.
 * One lock guards all state and is held for one session at a time; nothing is asked of the table by
 * the reading thread.
 */
public final class PoundSource implements SessionSource {
  private static final Logger log = LoggerFactory.getLogger(PoundSource.class);

  private final PoundLink link;
  private final Executor worker;
  private final Feed feed;
  private final Scope scope;
  private final PoundLinkConfig config;
  private final Object lock = new Object();
  private final ProcessBinding binding = new ProcessBinding();
  private final HeldDeletes held;
  private final DeletePolicy deletes;
  private @Nullable Intake intake;
  private State state = State.STOPPED;
  private long run;
  private long reported;
  private long thinned;
  private long overflows;
  private long expired;

  /** How far a source has come. */
  private enum State {
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

  /**
   * A source that is stopped.
   *
   * @param worker runs what the reading thread must not, one task at a time
   */
  public PoundSource(PoundLink link, Executor worker) {
    this.link = link;
    this.worker = worker;
    this.config = link.config();
    this.feed = Feed.farm(config.farm());
    this.scope = Scope.farm(config.farm());
    this.held = new HeldDeletes(config.maxSessions());
    this.deletes = new DeletePolicy(link, held);
    link.listen(new Listener());
  }

  @Override
  public Feed feed() {
    return feed;
  }

  @Override
  public void start(Intake to) {
    PoundConnection now = link.connected();
    synchronized (lock) {
      run++;
      intake = to;
      state = State.WAITING;
      held.clear();
      binding.begin(now == null ? null : now.peer().process(), link.written());
    }
    later(this::begin);
  }

  @Override
  public void stop() {
    synchronized (lock) {
      run++;
      intake = null;
      state = State.STOPPED;
      held.clear();
    }
  }

  @Override
  public void resync() {
    synchronized (lock) {
      if (state == State.OVERFLOWED) {
        state = State.WAITING;
      }
      held.tellAgain();
    }
    later(this::begin);
  }

  /** Reports what differs, if what is known of Pound is up to date; else its dump will. */
  private void begin() {
    PoundConnection now = link.connected();
    if (now == null || !accepted(now.peer().process())) {
      return;
    }
    Dump dump = now.lastDump();
    if (dump != null && dump.liveness() != Dump.Liveness.DEAF) {
      compare();
    }
  }

  /** Whether this source speaks for that process; if not, says so once. */
  private boolean accepted(PeerProcess process) {
    Intake to;
    synchronized (lock) {
      to = intake;
      if (to == null || state == State.REPLACED) {
        return false;
      }
      if (binding.accepts(process)) {
        return true;
      }
      state = State.REPLACED;
      held.clear();
    }
    log.warn(
        "http {}: another Pound, pid {}: it is to be written first", config.farm(), process.pid());
    to.replaced();
    return false;
  }

  // ---- the worker ----

  /** Tells what Pound has and the table has not, or has older. Nothing is deleted here. */
  private void compare() {
    Intake to;
    long mine;
    synchronized (lock) {
      if (intake == null || state == State.REPLACED || state == State.OVERFLOWED) {
        return;
      }
      // From here on the reading thread tells changes itself, so that none falls between.
      state = State.REPORTING;
      to = intake;
      mine = run;
    }
    TableView table = to.table();
    for (Mirrored session : link.mirror().all()) {
      SessionRecord known = table.get(session.session().key());
      synchronized (lock) {
        if (run != mine || state != State.REPORTING) {
          return;
        }
        compare(session, (HttpSession) known);
      }
    }
  }

  private void compare(Mirrored session, @Nullable HttpSession known) {
    HttpSession now = session.session();
    if (known != null && now.lastAccessMs() <= known.lastAccessMs()) {
      session.reported = known;
    } else if (!link.farm().expired(now, config.clock().getAsLong())) {
      tell(session);
    }
  }

  /**
   * Tells held deletions that are due, and forgets those that the table has made. To be called some
   * times a second, by the worker.
   */
  public void tick() {
    long now = config.clock().getAsLong();
    Intake to = speaking();
    if (to == null) {
      return;
    }
    List<HttpKey> unconfirmed;
    synchronized (lock) {
      held.due(now).forEach(this::tellDelete);
      unconfirmed = held.unconfirmed();
    }
    TableView table = to.table();
    for (HttpKey key : unconfirmed) {
      if (table.get(key) == null) {
        synchronized (lock) {
          held.confirmed(key);
        }
      }
    }
  }

  /** Proposes the removal of what outlived its TTL and no Pound deletes. Worker only. */
  public void expire() {
    Intake to = speaking();
    if (to == null) {
      return;
    }
    ExpirySweep sweep = new ExpirySweep(link.farm(), link.mirror(), config);
    for (HttpKey key : sweep.outlived(to.table().records(scope))) {
      synchronized (lock) {
        if (state != State.REPORTING) {
          return;
        }
        if (!held.holds(key) && sweep.stillOutlived(key)) {
          expired++;
          offer(new Mutation.Delete(key));
        }
      }
    }
  }

  /**
   * The intake, while this source knows what its Pound does: connected to the right process, which
   * is live. A deaf or absent Pound neither deletes nor expires anything.
   */
  private @Nullable Intake speaking() {
    PoundConnection now = link.connected();
    Dump dump = now == null ? null : now.lastDump();
    if (dump == null || dump.liveness() == Dump.Liveness.DEAF) {
      return null;
    }
    synchronized (lock) {
      return state == State.REPORTING ? intake : null;
    }
  }

  private void later(Runnable task) {
    try {
      worker.execute(task);
    } catch (RejectedExecutionException e) {
      log.debug("http {}: closing", config.farm(), e);
    }
  }

  // ---- under the lock ----

  private void tell(Mirrored session) {
    HttpSession now = session.session();
    if (offer(new Mutation.Put(now))) {
      session.reported = now;
    }
  }

  private void tellDelete(HttpKey key) {
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
      reported++;
      return true;
    }
    overflows++;
    state = State.OVERFLOWED;
    log.warn(
        "http {}: more changes than the log takes; all is compared again later", config.farm());
    return false;
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
      return dumping ? moved > 0 : moved >= 0;
    }
    return moved >= config.thinning().intervalMs(link.farm().ttlMs(now.key()));
  }

  /** Pound does not hold that session any more; says whether its deletion is held for now. */
  private boolean gone(HttpKey key, @Nullable HttpSession last) {
    if (intake == null || state == State.REPLACED || link.mirror().holds(key)) {
      return false;
    }
    if (deletes.take(key, last, config.clock().getAsLong())) {
      tellDelete(key);
      return false;
    }
    return true;
  }

  @Override
  public SourceStatus status() {
    LinkStatus now = link.status();
    return new SourceStatus(now.connected(), now.events(), now.malformed(), now.warnings());
  }

  /** Whether it tells each change: it is started and has compared its Pound with the table once. */
  public boolean reporting() {
    synchronized (lock) {
      return state == State.REPORTING;
    }
  }

  /** What this source has done; for metrics. */
  public Counters counters() {
    synchronized (lock) {
      return new Counters(
          reported,
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

  /**
   * Counts since the start of this process.
   *
   * @param reported changes that the intake took
   * @param thinned refreshes that were not told
   * @param overflows how often the intake had no room
   * @param expired removals proposed because nobody deleted
   * @param held deletions that wait, or are not known to be made, now
   * @param heldBound how many may
   * @param heldOverflows deletions that found no room
   * @param heldReturned dropped because their session came back
   * @param heldMassDropped dropped because their service lost all sessions
   */
  public record Counters(
      long reported,
      long thinned,
      long overflows,
      long expired,
      long held,
      long heldBound,
      long heldOverflows,
      long heldReturned,
      long heldMassDropped) {}

  /** What the link tells. */
  private final class Listener implements LinkListener {
    @Override
    public void connected(PeerProcess process) {
      boolean unused = accepted(process);
    }

    @Override
    public void told(Mirrored session, boolean dumping) {
      synchronized (lock) {
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
          tell(session);
        } else {
          thinned++;
        }
      }
    }

    @Override
    public void deleted(HttpKey key, @Nullable Mirrored last) {
      synchronized (lock) {
        if (gone(key, last == null ? null : last.session())) {
          deletes.settle(key);
        }
      }
    }

    @Override
    public void dumped(Dump dump, List<Mirrored> absent) {
      begin();
      synchronized (lock) {
        List<HttpKey> early = new ArrayList<>();
        for (Mirrored session : absent) {
          if (gone(session.session().key(), session.session())) {
            early.add(session.session().key());
          }
        }
        early.forEach(deletes::settle);
      }
    }
  }
}
