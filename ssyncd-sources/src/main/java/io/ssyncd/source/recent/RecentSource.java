package io.ssyncd.source.recent;

import io.ssyncd.node.Figure;
import io.ssyncd.node.Intake;
import io.ssyncd.node.SessionSource;
import io.ssyncd.session.Feed;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reports what happens in this host's xt_recent tables, by looking at them again and again: the
 * kernel tells nobody. New clients show in conntrack events as well; these are a reason to look, no
 * more, see {@link ConntrackEvents}.
 *
 * <p>Changes are found among the raw stamps of this host, and a stamp is translated once, when it
 * is news: translating it again could differ by a tick. A row that vanishes from a table while
 * others stay is a deletion, once two looks have missed it. A table whose rows are all gone at once
 * was emptied or made anew, and one that is gone lost the rule that named it: both are accidents.
 * Nothing is deleted then; the node is asked to write the table back, at most once in {@link
 * WriteBack#PAUSE}. So the last entry of a table cannot be deleted by deleting it from the kernel,
 * unless a policy says how long entries count, and its time is over. Where one does, entries of the
 * cluster whose time is over leave it once the kernel holds them no longer, see {@link Expiry}.
 */
public final class RecentSource implements SessionSource {
  private final KernelTables tables;
  private final SourceHealth health = new SourceHealth();
  private final WriteBack writeBack = new WriteBack();
  private final ConntrackEvents newFlows;
  private volatile @Nullable RecentSession session;

  /** A source that is not started yet. */
  public RecentSource(KernelTables tables) {
    this.tables = tables;
    this.newFlows = new ConntrackEvents(tables.config().conntrack(), health);
  }

  @Override
  public Feed feed() {
    return Feed.RECENT;
  }

  @Override
  public synchronized void start(Intake intake) {
    stop();
    RecentSession started = new RecentSession(tables, intake, health, writeBack);
    session = started;
    Thread thread = new Thread(started, "recent-source");
    thread.setDaemon(true);
    thread.start();
    newFlows.start(started::hint);
  }

  @Override
  public synchronized void stop() {
    newFlows.stop();
    RecentSession current = session;
    if (current != null) {
      current.stop();
      session = null;
    }
  }

  @Override
  public synchronized void resync() {
    RecentSession current = session;
    if (current != null) {
      current.resync();
    }
  }

  /**
   * A table was emptied on an operator's word: the cluster is to hold nothing of it, whatever of it
   * is on its way there. The table's lock is held. Does nothing on a stopped source.
   */
  public synchronized void cleared(String table) {
    RecentSession current = session;
    if (current != null) {
      current.cleared(table);
    }
  }

  /** What the tables' clock, the events of new flows and the looks are like now. Never blocks. */
  public List<Figure> figures() {
    List<Figure> all = new ArrayList<>();
    JiffiesClock clock = tables.clock();
    clock
        .errorNanos()
        .ifPresent(
            nanos ->
                all.add(
                    Figure.gauge(
                        "jiffies_error_seconds",
                        "How far off a translation of jiffies may be, besides a tick.",
                        nanos / 1e9)));
    all.add(
        Figure.counter(
            "jiffies_calibrations",
            "How often it was measured when jiffies began: more than once after a clock jumped.",
            clock.calibrations()));
    all.add(
        Figure.gauge(
            "conntrack_running", "1 if new flows are heard of.", newFlows.running() ? 1 : 0));
    all.add(
        Figure.counter(
            "conntrack_hints", "How often new flows were a reason to look.", newFlows.hints()));
    all.add(
        Figure.counter(
            "conntrack_restarts", "How often the conntrack tool ended.", newFlows.restarts()));
    RecentSession current = session;
    PollSchedule.Pace pace = current == null ? PollSchedule.Pace.NONE : current.pace();
    all.add(
        Figure.counter(
            "recent_looks", "How often a table was read to collect from it.", health.looks()));
    all.add(
        Figure.gauge(
            "recent_look_seconds",
            "Processor time that reading the dearest table takes.",
            pace.costNanos() / 1e9));
    all.add(
        Figure.gauge(
            "recent_pause_seconds",
            "From one reading of the dearest table to the next.",
            pace.pauseNanos() / 1e9));
    return all;
  }

  @Override
  public SourceStatus status() {
    // A stopped source does not look: what was wrong when it last did may be over.
    boolean stopped = session == null;
    return new SourceStatus(
        stopped ? areThere() : health.connected(),
        health.events(),
        tables.malformed(),
        stopped ? List.of() : health.warnings());
  }

  /** On a follower as well an operator wants to know whether there is a kernel to write to. */
  private boolean areThere() {
    try {
      List<String> unused = tables.names();
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
