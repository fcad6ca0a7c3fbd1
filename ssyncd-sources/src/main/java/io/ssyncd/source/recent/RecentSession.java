package io.ssyncd.source.recent;

import io.ssyncd.node.Intake;
import io.ssyncd.session.Scope;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.NoSuchFileException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The source between a start and a stop: a thread that looks at the tables when they are due. */
final class RecentSession implements Runnable {
  private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long SLOW_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final Logger log = LoggerFactory.getLogger(RecentSession.class);

  private final KernelTables tables;
  private final SourceHealth health;
  private final WriteBack writeBack;
  private final Reporter reporter;
  private final TablePresence presence;
  private final PollSchedule schedule;
  private final Expiry expiry;
  private final Semaphore wake = new Semaphore(0);

  /** Tables that this session has looked at. */
  private final Set<String> looked = new HashSet<>();

  /** Tables that are to be held against the cluster's once more. */
  private final Set<String> uncompared = new HashSet<>();

  private boolean begun;
  private boolean failed;
  private boolean writeBackWanted;
  private int entriesPerTable = Integer.MAX_VALUE;

  /** The processor time of looks between the pieces of the one under way. */
  private long besides;

  private long glancedAt;

  /**
   * A hint came while a table was being read: the place of its new row may have been passed, so
   * that look is no answer.
   */
  private boolean hintUnderWay;

  private volatile PollSchedule.Pace pace = PollSchedule.Pace.NONE;
  private volatile boolean resyncWanted;
  private volatile boolean hinted;

  RecentSession(KernelTables tables, Intake intake, SourceHealth health, WriteBack writeBack) {
    this.tables = tables;
    this.health = health;
    this.writeBack = writeBack;
    this.reporter = new Reporter(intake, health);
    this.presence = new TablePresence(tables, health, reporter);
    this.schedule = new PollSchedule(tables.config().interval());
    this.expiry = new Expiry(tables, reporter);
  }

  /** Reports nothing more, from the return of this call on; the thread ends soon. */
  void stop() {
    reporter.silence();
    wake.release();
  }

  /** A table was emptied on purpose; its lock is held. */
  void cleared(String table) {
    reporter.clear(Scope.table(table));
  }

  /** Everything is to be looked at once more. */
  void resync() {
    resyncWanted = true;
    wake.release();
  }

  /** There may be news in any table. From any thread. */
  void hint() {
    if (!hinted) {
      hinted = true;
      wake.release();
    }
  }

  /** How often the dearest table is read. From any thread. */
  PollSchedule.Pace pace() {
    return pace;
  }

  @Override
  public void run() {
    log.info("ingesting from {}", tables.files());
    health.clear("table-emptied");
    health.clear("deletions");
    try {
      while (!reporter.isSilent()) {
        if (wake.tryAcquire(pause(System.nanoTime()), TimeUnit.NANOSECONDS)) {
          wake.drainPermits();
        }
        guardedRound();
      }
    } catch (InterruptedException e) {
      log.warn("the source of recent entries was interrupted, and ends");
      Thread.currentThread().interrupt();
    }
    log.info("no longer ingesting from {}", tables.files());
  }

  private long pause(long now) {
    if (failed || reporter.isDropped()) {
      return LONGEST_PAUSE_NANOS;
    }
    if (!begun) {
      return 0;
    }
    long most = Math.min(LONGEST_PAUSE_NANOS, tables.config().interval().toNanos());
    return Math.max(PollSchedule.SHORTEST_NANOS, schedule.idle(presence.present(), now, most));
  }

  /** A bug in one round must not end the ingest of all tables. */
  private void guardedRound() throws InterruptedException {
    try {
      if (resyncWanted) {
        resyncWanted = false;
        uncompared.addAll(presence.present());
        reporter.resume();
      }
      if (!reporter.isDropped()) {
        round();
      }
      failed = false;
      health.clear("recent-failure");
    } catch (RuntimeException e) {
      failed = true;
      if (health.warn("recent-failure", "", "reading the tables failed: " + e)) {
        log.error("reading the tables failed", e);
      }
    }
  }

  private void round() throws InterruptedException {
    begun = true;
    if (presence.look(System.nanoTime())) {
      entriesPerTable = tables.module().room();
      looked.retainAll(presence.present());
      uncompared.retainAll(presence.present());
      schedule.retain(presence.present());
      health.retain("table-unreadable", presence.present());
      health.retain("table-slow", presence.present());
    }
    boolean unused = takeHint();
    for (String name : List.copyOf(presence.present())) {
      if (isDue(name)) {
        glancedAt = System.nanoTime();
        look(tables.table(name), () -> glance(name));
      }
    }
    if (hintUnderWay) {
      hintUnderWay = false;
      schedule.hint(System.nanoTime());
    }
    pace = schedule.pace();
    expiry.tick(looked, System.nanoTime());
    reporter.confirm();
    writeBackWanted |= presence.cameBack();
    if (writeBackWanted && writeBack.request(System.nanoTime())) {
      writeBackWanted = false;
      reporter.replaced();
    }
  }

  private boolean takeHint() {
    boolean taken = hinted;
    if (taken) {
      hinted = false;
      schedule.hint(System.nanoTime());
    }
    return taken;
  }

  private boolean isDue(String name) {
    long now = System.nanoTime();
    return schedule.due(name, now) - now <= 0 && !reporter.isSilent() && !reporter.isDropped();
  }

  /**
   * Between two pieces of a table that is being read: one of 100,000 rows takes seconds, which
   * cheap ones that are due do not wait for.
   */
  private void glance(String under) {
    long now = System.nanoTime();
    if (now - glancedAt < PollSchedule.SHORTEST_NANOS) {
      return;
    }
    glancedAt = now;
    hintUnderWay |= takeHint();
    long begin = processorTime();
    for (String name : presence.present()) {
      if (!name.equals(under) && schedule.isCheap(name) && isDue(name)) {
        try {
          look(tables.table(name), () -> {});
        } catch (InterruptedException e) {
          // The read under way ends by it, and the session with that.
          Thread.currentThread().interrupt();
          return;
        }
      }
    }
    besides += processorTime() - begin;
  }

  private void look(KernelTable table, Runnable between) throws InterruptedException {
    String name = table.name();
    if (!table.lock().tryLock()) {
      schedule.busy(name, System.nanoTime());
      return;
    }
    try {
      boolean compare = !looked.contains(name) || uncompared.contains(name);
      long before = besides;
      long begin = processorTime();
      TableReading reading = new TableReading(table, tables.clock().width(), compare);
      tables.read(name, reading, between);
      long cost = processorTime() - begin - (besides - before);
      health.look();
      health.clear("table-unreadable", name);
      boolean changed = take(table, reading, compare);
      schedule.read(name, System.nanoTime(), cost, changed);
      warnOfSlowness(name);
    } catch (NoSuchFileException e) {
      presence.missed();
      schedule.skip(name, System.nanoTime());
    } catch (IOException e) {
      schedule.skip(name, System.nanoTime());
      if (health.warn("table-unreadable", name, "table " + name + " cannot be read: " + e)) {
        log.warn("table {} cannot be read: {}", name, e.toString());
      }
    } finally {
      table.lock().unlock();
    }
  }

  /** Of this thread, where the JVM tells it. */
  private static long processorTime() {
    long nanos = THREADS.isCurrentThreadCpuTimeSupported() ? THREADS.getCurrentThreadCpuTime() : -1;
    return nanos < 0 ? System.nanoTime() : nanos;
  }

  private boolean take(KernelTable table, TableReading reading, boolean compare)
      throws InterruptedException {
    TableChanges changes =
        new TableChanges(
            table, reading, tables.clock(), reporter, tables.policy(table.name()).persistence());
    try {
      boolean changed;
      if (compare) {
        changed = changes.compare(!looked.contains(table.name()));
        looked.add(table.name());
        uncompared.remove(table.name());
      } else {
        changed = changes.report(entriesPerTable);
      }
      if (changes.translated()) {
        health.clear("jiffies-clock");
      }
      if (changes.lost() > 0) {
        emptied(table.name(), changes.lost());
      }
      return changed;
    } catch (IOException e) {
      if (health.warn("jiffies-clock", "", e.toString())) {
        log.warn("changes of recent entries cannot be reported: {}", e.toString());
      }
      return false;
    }
  }

  private void warnOfSlowness(String name) {
    long pause = schedule.pauseNanos(name);
    if (pause > SLOW_NANOS) {
      String text =
          "table " + name + " is so long that it is read only every " + pause / 1_000_000 + " ms";
      health.warn("table-slow", name, text);
    } else {
      health.clear("table-slow", name);
    }
  }

  private void emptied(String name, int lost) {
    boolean known = tables.policy(name).persistence().isPresent();
    String text =
        "table "
            + name
            + " lost its "
            + lost
            + " entries at once; they are written back"
            + (known ? "" : "; if its rules reap, state their --seconds in recent.policies");
    log.warn(text);
    health.warn("table-emptied", name, text);
    writeBackWanted = true;
  }
}
