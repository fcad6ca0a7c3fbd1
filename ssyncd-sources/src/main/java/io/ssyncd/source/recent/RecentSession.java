package io.ssyncd.source.recent;

import io.ssyncd.node.Intake;
import io.ssyncd.session.Kind;
import io.ssyncd.session.Scope;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.NoSuchFileException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The source between a start and a stop: a thread that looks at the tables when they are due. */
final class RecentSession implements Runnable {
  private static final long MISSING_CHECK_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long SLOW_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final Logger log = LoggerFactory.getLogger(RecentSession.class);

  private final KernelTables tables;
  private final SourceHealth health;
  private final WriteBack writeBack;
  private final Reporter reporter;
  private final PollSchedule schedule;
  private final Semaphore wake = new Semaphore(0);

  /** Tables that were there in the last round. */
  private final Set<String> present = new TreeSet<>();

  /** Tables all of whose rows are to be held against the cluster's at the next look. */
  private final Set<String> uncompared = new HashSet<>();

  /** Tables that this session has looked at. */
  private final Set<String> looked = new HashSet<>();

  private boolean firstRound = true;
  private boolean failed;
  private boolean writeBackWanted;
  private long missingCheckedAt;
  private int entriesPerTable = Integer.MAX_VALUE;
  private volatile boolean resyncWanted;

  RecentSession(KernelTables tables, Intake intake, SourceHealth health, WriteBack writeBack) {
    this.tables = tables;
    this.health = health;
    this.writeBack = writeBack;
    this.reporter = new Reporter(intake, health);
    this.schedule = new PollSchedule(tables.config().interval());
  }

  /** Reports nothing more, from the return of this call on; the thread ends soon. */
  void stop() {
    reporter.silence();
    wake.release();
  }

  /** Everything is to be looked at once more. */
  void resync() {
    resyncWanted = true;
    wake.release();
  }

  @Override
  public void run() {
    log.info("ingesting from {}", tables.files());
    health.clear("table-emptied");
    try {
      while (!reporter.isSilent()) {
        boolean woken = wake.tryAcquire(pause(System.nanoTime()), TimeUnit.NANOSECONDS);
        if (woken) {
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

  /** A bug in one round must not end the ingest of all tables. */
  private void guardedRound() throws InterruptedException {
    try {
      if (resyncWanted) {
        resyncWanted = false;
        uncompared.addAll(present);
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

  private long pause(long now) {
    if (failed || reporter.isDropped()) {
      return LONGEST_PAUSE_NANOS;
    }
    if (firstRound) {
      return 0;
    }
    long next = LONGEST_PAUSE_NANOS;
    for (String table : present) {
      next = Math.min(next, schedule.due(table, now) - now);
    }
    return Math.max(1_000_000, next);
  }

  private void round() throws InterruptedException {
    List<String> names = names();
    vanished(names);
    for (String name : names) {
      if (present.add(name)) {
        appeared(name);
      }
      long now = System.nanoTime();
      if (schedule.due(name, now) - now <= 0 && !reporter.isSilent() && !reporter.isDropped()) {
        look(tables.table(name));
      }
    }
    reporter.confirm();
    checkMissing(names);
    if (writeBackWanted && writeBack.request(System.nanoTime())) {
      writeBackWanted = false;
      reporter.replaced();
    }
    firstRound = false;
  }

  private List<String> names() {
    try {
      List<String> names = tables.names();
      health.connected(true);
      health.clear("xt-recent-missing");
      return names;
    } catch (IOException e) {
      health.connected(false);
      String text = "no tables can be read, xt_recent may not be loaded: " + e;
      if (health.warn("xt-recent-missing", "", text)) {
        log.warn(text);
      }
      return List.of();
    }
  }

  private void vanished(List<String> names) {
    if (names.size() == present.size() && present.containsAll(names)) {
      return;
    }
    Set<String> gone = new TreeSet<>(present);
    gone.removeAll(names);
    for (String name : gone) {
      KernelTable table = tables.table(name);
      table.lock().lock();
      try {
        log.warn("table {} is gone; its {} rows stay in the cluster", name, table.rows.size());
        table.rows.clear();
      } finally {
        table.lock().unlock();
      }
      uncompared.remove(name);
      looked.remove(name);
      missingCheckedAt = 0;
    }
    present.retainAll(names);
    schedule.retain(present);
  }

  private void appeared(String name) {
    uncompared.add(name);
    int held = reporter.table().counts().getOrDefault(Scope.table(name), 0);
    if (!firstRound && held > 0) {
      log.info("table {} is there now; the cluster holds {} entries of it", name, held);
      writeBackWanted = true;
      missingCheckedAt = 0;
    }
  }

  /** Names the tables that the cluster holds and the kernel does not. */
  private void checkMissing(List<String> names) {
    long now = System.nanoTime();
    if (missingCheckedAt != 0 && now - missingCheckedAt < MISSING_CHECK_NANOS) {
      return;
    }
    missingCheckedAt = now;
    entriesPerTable = tables.module().entriesPerTable().orElse(Integer.MAX_VALUE);
    health.clear("table-missing");
    reporter
        .table()
        .counts()
        .forEach(
            (scope, count) -> {
              if (scope.kind() == Kind.RECENT
                  && tables.selects(scope.name())
                  && !names.contains(scope.name())) {
                health.warn(
                    "table-missing",
                    scope.name(),
                    "no rule names table "
                        + scope.name()
                        + "; its "
                        + count
                        + " entries stay in the cluster");
              }
            });
  }

  private void look(KernelTable table) throws InterruptedException {
    String name = table.name();
    if (!table.lock().tryLock()) {
      schedule.skip(name, System.nanoTime());
      return;
    }
    try {
      boolean compare = uncompared.contains(name);
      long begin = processorTime();
      TableReading reading = new TableReading(table, tables.clock().width(), compare);
      tables.read(name, reading);
      long cost = processorTime() - begin;
      health.clear("table-unreadable", name);
      boolean changed = take(table, reading, compare);
      schedule.read(name, System.nanoTime(), cost, changed);
      warnOfSlowness(name);
    } catch (NoSuchFileException e) {
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
    TableChanges changes = new TableChanges(table, reading, tables.clock(), reporter);
    try {
      boolean changed;
      if (compare) {
        changed = changes.compare(!looked.contains(table.name()));
        looked.add(table.name());
        uncompared.remove(table.name());
      } else {
        changed = changes.report(entriesPerTable);
      }
      health.clear("jiffies-clock");
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
    String text = "table " + name + " lost its " + lost + " entries at once; they are written back";
    log.warn(text);
    health.warn("table-emptied", name, text);
    writeBackWanted = true;
  }
}
