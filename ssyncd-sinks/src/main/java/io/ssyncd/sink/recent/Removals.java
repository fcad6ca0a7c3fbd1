package io.ssyncd.sink.recent;

import io.ssyncd.node.NodeStatus;
import io.ssyncd.node.Warning;
import io.ssyncd.session.RecentEntry;
import io.ssyncd.source.recent.KernelTable;
import io.ssyncd.source.recent.KernelTables;
import io.ssyncd.source.recent.RecentAddress;
import io.ssyncd.source.recent.RecentRow;
import io.ssyncd.source.recent.TableFiles;
import io.ssyncd.source.recent.TablePolicy;
import io.ssyncd.table.TableView;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes out of the kernel again, when their own time is over, the entries that a stock kernel was
 * given as seen now: its rules would count them for as long again. Where a policy says how long an
 * entry counts, its row goes at the entry's last seen plus that time, never before and half a
 * second later at most, but where a table is so long that reading it would take more than a tenth
 * of the time; unless packets have refreshed the row, or the cluster has heard of the client since.
 *
 * <p>There is no list that could be lost or filled twice: what waits is read off the rows that this
 * node knows to be its own writing, {@link KernelTable#stampedUntil}. So a second write moves no
 * time, a table that vanished takes its rows with it, and who leads does not matter. The rows of an
 * earlier life of this node join when the next write finds them, see {@link WritePlan#adopted}; a
 * promotion always writes.
 *
 * <p>A packet between the look at a row and its removal, a moment, is lost to the table: its client
 * counts as one whose time was over. Thread-safe.
 */
final class Removals implements AutoCloseable {
  /** How many rows may wait; what is written beyond stays for as long as the kernel wants. */
  static final long MOST = 1_000_000;

  private static final long PAUSE_MS = 500;
  private static final long LONGEST_PAUSE_MS = 60_000;

  /** Of so many parts of the time one is spent with reading. */
  private static final int SHARE = 10;

  private static final Logger log = LoggerFactory.getLogger(Removals.class);

  private final KernelTables tables;
  private final AtomicLong waiting = new AtomicLong();
  private final AtomicLong beyond = new AtomicLong();
  private volatile @Nullable TableView cluster;
  private volatile @Nullable Warning warning;
  private @Nullable ScheduledExecutorService thread;
  private boolean closed;

  /** Of these tables. */
  Removals(KernelTables tables) {
    this.tables = tables;
  }

  /** A write begins, of what {@code table} holds; from now on rows are looked after. */
  synchronized void begin(TableView table) {
    cluster = table;
    boolean wanted =
        tables.config().policies().stream().anyMatch(policy -> policy.persistence().isPresent());
    if (wanted && thread == null && !closed) {
      ScheduledExecutorService made =
          Executors.newSingleThreadScheduledExecutor(
              task -> {
                Thread runner = new Thread(task, "recent-removals");
                runner.setDaemon(true);
                return runner;
              });
      thread = made;
      again(PAUSE_MS);
    }
  }

  /** A write put an entry into a kernel that keeps no ages. The table's lock is held. */
  void stamped(KernelTable table, RecentRow row, RecentEntry entry) {
    boolean limited = persistence(table).isPresent();
    if (limited && waiting.get() >= MOST) {
      beyond.incrementAndGet();
      table.written(row, entry);
      return;
    }
    table.stamped(row, entry);
    waiting.addAndGet(limited ? 1 : 0);
  }

  /** How many rows of a table wait for their removal. The table's lock is held. */
  int waiting(KernelTable table) {
    return persistence(table).isEmpty()
        ? 0
        : table.stampedUntil(Long.MAX_VALUE, tables.clock().width()).size();
  }

  /** How full it is. */
  NodeStatus.QueueStatus status() {
    return new NodeStatus.QueueStatus("removals recent", waiting.get(), MOST, beyond.get());
  }

  /** What is wrong now; null if nothing is. */
  @Nullable Warning warning() {
    return warning;
  }

  private Optional<Duration> persistence(KernelTable table) {
    return tables.policy(table.name()).persistence();
  }

  private synchronized void again(long pauseMs) {
    if (thread != null && !closed) {
      var unused = thread.schedule(this::guardedSweep, pauseMs, TimeUnit.MILLISECONDS);
    }
  }

  private void guardedSweep() {
    long began = System.nanoTime();
    try {
      sweep();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // The end; nothing more is scheduled then.
    } catch (RuntimeException e) {
      log.error("removals from the kernel's tables failed by a bug", e);
    }
    long tookMs = (System.nanoTime() - began) / 1_000_000;
    again(Math.min(LONGEST_PAUSE_MS, Math.max(PAUSE_MS, SHARE * tookMs)));
  }

  /** Takes out what is due. */
  void sweep() throws InterruptedException {
    TableView held = cluster;
    if (held == null) {
      return;
    }
    long left = 0;
    Warning failure = null;
    for (KernelTable table : tables.known()) {
      Optional<Duration> persistence = persistence(table);
      if (persistence.isPresent()) {
        table.lock().lockInterruptibly();
        try {
          sweep(table, persistence.get(), held);
        } catch (IOException e) {
          failure = failed(table, e);
        } finally {
          left += waiting(table);
          table.lock().unlock();
        }
      }
    }
    waiting.set(left);
    warning = failure;
  }

  private Warning failed(KernelTable table, IOException why) {
    String text = "entries of table " + table.name() + " cannot be taken out in time: " + why;
    if (warning == null) {
      log.warn(text);
    }
    return new Warning("removal-failed", text);
  }

  private void sweep(KernelTable table, Duration persistence, TableView held) throws IOException {
    long until = tables.overUntil(persistence);
    List<RecentAddress> due = new ArrayList<>();
    for (RecentEntry entry : table.stampedUntil(until, tables.clock().width())) {
      if (held.get(entry.key()) instanceof RecentEntry now && now.lastSeenMs() > until) {
        table.standsFor(now);
      } else {
        due.add(RecentAddress.of(entry.key().address()));
      }
    }
    if (!due.isEmpty()) {
      remove(table, due);
    }
  }

  private void remove(KernelTable table, List<RecentAddress> due) throws IOException {
    int removed = 0;
    try (TableFiles.Commands commands = tables.files().open(table.name())) {
      Map<RecentAddress, RecentRow> rows = tables.read(table.name());
      StockWriter stock = new StockWriter(commands, TablePolicy.Hits.PRESENCE);
      for (RecentAddress address : due) {
        RecentRow row = rows.get(address);
        if (row != null && table.isOwn(row, tables.clock().width())) {
          stock.remove(address);
          table.removed(address);
          removed++;
        } else {
          table.settled(address);
        }
      }
    } catch (NoSuchFileException e) {
      due.forEach(table::settled); // They went with their table.
    }
    if (removed > 0) {
      log.info("{} entries of table {} were taken out, their time is over", removed, table.name());
    }
  }

  /** Takes out nothing more: the kernel forgets what is left one persistence after its write. */
  @Override
  public synchronized void close() {
    closed = true;
    if (thread != null) {
      thread.shutdownNow();
    }
  }
}
