package io.ssyncd.source.pound;

import io.ssyncd.node.Intake;
import io.ssyncd.node.SessionSource;
import io.ssyncd.session.Feed;
import io.ssyncd.session.HttpKey;
import io.ssyncd.session.HttpSession;
import io.ssyncd.session.Scope;
import io.ssyncd.session.SessionRecord;
import io.ssyncd.table.TableView;
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
  private final Reports reports;

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
    this.reports = new Reports(link);
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
      reports.begin(to);
      binding.begin(now == null ? null : now.peer().process(), link.written());
    }
    later(this::catchUp);
  }

  @Override
  public void stop() {
    synchronized (lock) {
      reports.begin(null);
    }
  }

  @Override
  public void resync() {
    synchronized (lock) {
      reports.again();
    }
    later(this::catchUp);
  }

  private void later(Runnable task) {
    try {
      worker.execute(task);
    } catch (RejectedExecutionException e) {
      log.debug("http {}: closing", config.farm(), e);
    }
  }

  /** Whether this source speaks for that process; if not, says so once. */
  private boolean accepted(PeerProcess process) {
    Intake to;
    synchronized (lock) {
      to = reports.intake();
      if (to == null || reports.state() == Reports.State.REPLACED) {
        return false;
      }
      if (binding.accepts(process)) {
        return true;
      }
      reports.replaced();
    }
    log.warn(
        "http {}: another Pound, pid {}: it is to be written first", config.farm(), process.pid());
    to.replaced();
    return false;
  }

  // ---- the worker ----

  /** Reports what differs, if what is known of Pound is up to date; else its next dump will. */
  private void catchUp() {
    PoundConnection now = link.connected();
    if (now == null || !accepted(now.peer().process())) {
      return;
    }
    Dump dump = now.lastDump();
    if (dump != null && dump.liveness() != Dump.Liveness.DEAF) {
      compare(dump.generation());
    }
  }

  /**
   * Tells what Pound has and the table has not, or has older. Nothing is deleted here.
   *
   * <p>Only what that dump showed, or Pound told later. What the mirror has from before may be gone
   * from Pound, and deleted from the table with good reason; a dump that proves nothing leaves it
   * in the mirror all the same. If Pound still has it, its next event says so and is told then.
   */
  private void compare(long sinceDump) {
    Long run;
    Intake to;
    synchronized (lock) {
      // From here on the reading thread tells changes itself, so that none falls between.
      run = reports.reporting();
      to = reports.intake();
    }
    if (run == null || to == null) {
      return;
    }
    TableView table = to.table();
    for (Mirrored session : link.mirror().all()) {
      SessionRecord known = table.get(session.session().key());
      synchronized (lock) {
        if (!reports.reporting(run)) {
          return;
        }
        if (session.generation() < sinceDump) {
          session.reported = null; // nobody knows what the table has of it
        } else {
          reports.compare(session, (HttpSession) known);
        }
      }
    }
    synchronized (lock) {
      if (reports.reporting(run)) {
        reports.compared();
      }
    }
  }

  /**
   * Tells held deletions that are due, and forgets those that the table has made. To be called some
   * times a second, by the worker.
   */
  public void tick() {
    Intake to = speaking();
    if (to == null) {
      return;
    }
    List<HttpKey> unconfirmed;
    synchronized (lock) {
      reports.tellDue();
      unconfirmed = reports.held().unconfirmed();
    }
    TableView table = to.table();
    for (HttpKey key : unconfirmed) {
      if (table.get(key) == null) {
        synchronized (lock) {
          reports.held().confirmed(key);
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
    List<HttpKey> outlived = sweep.outlived(to.table().records(scope));
    if (sweep.spared() > 0) {
      log.info(
          "http {}: {} sessions do not expire: they only look old, for the clock was set forward",
          config.farm(),
          sweep.spared());
    }
    for (HttpKey key : outlived) {
      synchronized (lock) {
        if (reports.state() != Reports.State.REPORTING) {
          return;
        }
        if (sweep.stillOutlived(key)) {
          reports.expire(key);
        }
      }
    }
  }

  /**
   * The intake, while this source knows what its Pound does: connected to the right process, which
   * is not deaf. A deaf or absent Pound neither deletes nor expires anything.
   */
  private @Nullable Intake speaking() {
    PoundConnection now = link.connected();
    Dump dump = now == null ? null : now.lastDump();
    if (dump == null || dump.liveness() == Dump.Liveness.DEAF) {
      return null;
    }
    synchronized (lock) {
      return reports.state() == Reports.State.REPORTING ? reports.intake() : null;
    }
  }

  // ---- anybody ----

  @Override
  public SourceStatus status() {
    LinkStatus now = link.status();
    return new SourceStatus(now.connected(), now.events(), now.malformed(), now.warnings());
  }

  @Override
  public boolean isDeaf() {
    PoundConnection now = link.connected();
    Dump dump = now == null ? null : now.lastDump();
    return dump != null && dump.liveness() == Dump.Liveness.DEAF;
  }

  @Override
  public long notAdopted() {
    synchronized (lock) {
      return reports.notAdopted();
    }
  }

  @Override
  public long traffic() {
    return link.traffic();
  }

  /** Whether it tells each change: it is started and has seen what its Pound holds. */
  public boolean reporting() {
    synchronized (lock) {
      return reports.state() == Reports.State.REPORTING;
    }
  }

  /** What it has done; for metrics. */
  public SourceCounters counters() {
    synchronized (lock) {
      return reports.counters();
    }
  }

  /** What the link tells. */
  private final class Listener implements LinkListener {
    @Override
    public void connected(PeerProcess process) {
      boolean unused = accepted(process);
    }

    @Override
    public void told(Mirrored session, boolean dumping) {
      synchronized (lock) {
        reports.told(session, dumping);
      }
    }

    @Override
    public void deleted(HttpKey key, @Nullable Mirrored last) {
      synchronized (lock) {
        reports.deleted(key, last);
      }
    }

    @Override
    public void dumped(Dump dump, List<Mirrored> absent) {
      catchUp();
      synchronized (lock) {
        reports.absent(absent);
      }
    }
  }
}
