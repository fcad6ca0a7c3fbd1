package io.ssyncd.node.diff;

import io.ssyncd.log.Entry;
import io.ssyncd.log.Outcome;
import io.ssyncd.table.SessionTable;
import io.ssyncd.table.TableListener;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The tables that are frozen for comparisons: {@value #MOST} at most, each for a minute after it
 * was last asked for. A frozen table is references, some 10 MB for a million records, and keeps
 * what the table drops meanwhile. Thread-safe.
 */
final class FrozenTables implements TableListener {
  /** How many comparisons a member takes part in at once. */
  static final int MOST = 2;

  private static final Duration KEPT = Duration.ofMinutes(1);

  private final SessionTable table;
  private final Map<UUID, Waiting> waiting = new LinkedHashMap<>();

  private static final class Waiting {
    private long usedNanos = System.nanoTime();
    private @Nullable FrozenTable frozen;
  }

  FrozenTables(SessionTable table) {
    this.table = table;
  }

  /** Will freeze the table at the mark of that request; false if there are too many. */
  synchronized boolean prepare(UUID request) {
    dropOld();
    if (!waiting.containsKey(request) && waiting.size() == MOST) {
      return false;
    }
    waiting.computeIfAbsent(request, unused -> new Waiting());
    return true;
  }

  /** Whether that request is known. */
  synchronized boolean isKnown(UUID request) {
    return waiting.containsKey(request);
  }

  /** The table as it was at that request's mark; null before it, and when it was dropped. */
  synchronized @Nullable FrozenTable of(UUID request) {
    Waiting known = waiting.get(request);
    if (known == null) {
      return null;
    }
    known.usedNanos = System.nanoTime();
    return known.frozen;
  }

  synchronized void drop(UUID request) {
    waiting.remove(request);
  }

  /** Drops what nobody asks for any more; to be called now and then. */
  synchronized void dropOld() {
    long now = System.nanoTime();
    waiting.values().removeIf(each -> now - each.usedNanos > KEPT.toNanos());
  }

  /** By the thread that applies entries: the table is as the mark left it. */
  @Override
  public synchronized void applied(long index, @Nullable Entry entry, Outcome outcome) {
    if (waiting.isEmpty() || !(entry instanceof Entry.Mark mark)) {
      return;
    }
    Waiting known = waiting.get(mark.request());
    if (known != null && known.frozen == null) {
      known.frozen = new FrozenTable(table.copy(), rest());
    }
  }

  private String rest() {
    return "epoch "
        + table.epoch()
        + ", ingester "
        + table.ingester()
        + ", batch "
        + table.sequence()
        + ", started "
        + table.startedFeeds()
        + ", stopped "
        + table.stoppedFeeds();
  }
}
