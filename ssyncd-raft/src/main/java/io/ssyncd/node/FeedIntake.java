package io.ssyncd.node;

import io.ssyncd.log.BatchBuilder;
import io.ssyncd.session.HttpSession;
import io.ssyncd.session.Mutation;
import io.ssyncd.session.RecentEntry;
import io.ssyncd.session.Scope;
import io.ssyncd.session.SessionRecord;
import io.ssyncd.table.TableView;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a source of this reign has seen and the log has not taken yet: at most one change a key, the
 * latest, in the order in which the keys came.
 *
 * <p>Beyond its bounds changes of new keys are dropped, and those that make an entry longer; the
 * source is asked to look again when most of what waits is gone. What waits is kept, else a source
 * with more than the bound to tell would never be done telling.
 */
final class FeedIntake implements Intake {
  /** How many keys may wait. */
  static final int MAX_KEYS = 262_144;

  /** How many bytes may wait, by estimate: entries of kernel tables can be long. */
  static final long MAX_BYTES = 96L * 1024 * 1024;

  private static final int CAUGHT_UP = MAX_KEYS / 8;
  private static final int OVERHEAD = 160;
  private static final Logger log = LoggerFactory.getLogger(FeedIntake.class);

  private final String name;
  private final TableView table;
  private final int maxKeys;
  private final FeedCounters counters;
  private final Runnable wake;
  private final Runnable onReplaced;

  private final Map<Object, Mutation> waiting = new LinkedHashMap<>();
  private long bytes;
  private boolean dropped;
  private boolean refused;
  private boolean closed;

  /**
   * An empty one.
   *
   * @param name of what is fed, for the log
   * @param wake called after each change that was taken, by the source's thread
   * @param onReplaced called by the source's thread
   */
  FeedIntake(
      String name,
      TableView table,
      int maxKeys,
      FeedCounters counters,
      Runnable wake,
      Runnable onReplaced) {
    this.name = name;
    this.table = table;
    this.maxKeys = maxKeys;
    this.counters = counters;
    this.wake = wake;
    this.onReplaced = onReplaced;
  }

  @Override
  public boolean offer(Mutation mutation) {
    synchronized (waiting) {
      if (closed) {
        counters.late();
        return true;
      }
      if (mutation instanceof Mutation.ClearScope clear) {
        forget(clear.scope());
      }
      Object key = keyOf(mutation);
      Mutation before = waiting.get(key);
      int longer = weight(mutation) - (before == null ? 0 : weight(before));
      boolean tooMany = before == null && waiting.size() >= maxKeys;
      if (tooMany || longer > 0 && bytes + longer > MAX_BYTES) {
        overflow();
        return false;
      }
      waiting.put(key, mutation);
      bytes += longer;
      counters.depth(waiting.size());
    }
    wake.run();
    return true;
  }

  private void overflow() {
    if (!dropped) {
      dropped = true;
      counters.overflow();
      log.warn(
          "{}: {} changes wait for the log, new ones are dropped until it has caught up",
          name,
          waiting.size());
    }
  }

  @Override
  public TableView table() {
    return table;
  }

  @Override
  public void replaced() {
    onReplaced.run();
  }

  /**
   * Moves what fits, and what the limits admit, into a batch.
   *
   * @return whether anything was moved
   */
  boolean take(BatchBuilder batch, TableLimits limits) {
    synchronized (waiting) {
      boolean moved = false;
      for (Iterator<Mutation> next = waiting.values().iterator(); next.hasNext(); ) {
        Mutation mutation = next.next();
        if (!limits.admits(mutation)) {
          refused = true;
          counters.refused();
        } else if (add(batch, mutation)) {
          moved = true;
        } else {
          break;
        }
        next.remove();
        bytes -= weight(mutation);
      }
      counters.depth(waiting.size());
      return moved;
    }
  }

  /** False if the batch is full. What no batch can carry counts as carried: it is lost. */
  private boolean add(BatchBuilder batch, Mutation mutation) {
    try {
      return batch.add(mutation);
    } catch (IllegalArgumentException e) {
      counters.unfit();
      log.error("{}: a change cannot be proposed: {}", name, e.getMessage());
      return true;
    }
  }

  /** Whether changes were dropped and there is room again; says so once. */
  boolean hasRoomAgain() {
    synchronized (waiting) {
      boolean caughtUp =
          waiting.size() <= Math.min(CAUGHT_UP, maxKeys / 2) && bytes <= MAX_BYTES / 2;
      boolean room = dropped && !closed && caughtUp;
      dropped &= !room;
      return room;
    }
  }

  /** Whether records were refused for the table's limits since this was asked last. */
  boolean takeRefused() {
    synchronized (waiting) {
      boolean was = refused;
      refused = false;
      return was;
    }
  }

  boolean isEmpty() {
    synchronized (waiting) {
      return waiting.isEmpty();
    }
  }

  /** Drops what waits and takes nothing more: the reign is over, or the feed was stopped. */
  void close() {
    synchronized (waiting) {
      closed = true;
      waiting.clear();
      bytes = 0;
      counters.depth(0);
    }
  }

  /** Whether it takes nothing more. */
  boolean isClosed() {
    synchronized (waiting) {
      return closed;
    }
  }

  /** A clear says all of its scope; and it has to go before what comes after it. */
  private void forget(Scope scope) {
    for (Iterator<Mutation> next = waiting.values().iterator(); next.hasNext(); ) {
      Mutation mutation = next.next();
      if (mutation.scope().equals(scope)) {
        next.remove();
        bytes -= weight(mutation);
      }
    }
  }

  private static Object keyOf(Mutation mutation) {
    if (mutation instanceof Mutation.Put put) {
      return put.session().key();
    }
    return mutation instanceof Mutation.Delete delete ? delete.key() : mutation.scope();
  }

  private static int weight(Mutation mutation) {
    if (!(mutation instanceof Mutation.Put put)) {
      return OVERHEAD;
    }
    @Nullable SessionRecord session = put.session();
    return OVERHEAD
        + (session instanceof HttpSession http
            ? http.key().key().length() + http.address().length()
            : 8 * ((RecentEntry) session).stamps());
  }
}
