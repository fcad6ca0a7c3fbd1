package io.ssyncd.node;

import io.ssyncd.session.Feed;
import io.ssyncd.session.Mutation;
import io.ssyncd.session.Scope;
import io.ssyncd.table.TableView;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Predicate;

/**
 * What waits of one feed for the log, merged by key: the latest wins. Lives for one run of its
 * source. Thread-safe; its lock is held for a moment only.
 */
final class FeedIntake implements Intake {
  /** Distinct keys that may wait; one more, and all of them are dropped. */
  static final int MAX_KEYS = 262_144;

  private final Feed feed;
  private final TableView table;
  private final Runnable wake;
  private final Runnable replaced;
  private final int bound;

  /** By session key, or by scope where a scope is cleared. */
  private final LinkedHashMap<Object, Mutation> waiting = new LinkedHashMap<>();

  private boolean dirty;
  private boolean closed;
  private long overflows;

  /**
   * An empty intake.
   *
   * @param wake called whenever there is something to take
   * @param replaced called when the process behind the source was replaced
   */
  FeedIntake(Feed feed, TableView table, Runnable wake, Runnable replaced, int bound) {
    this.feed = feed;
    this.table = table;
    this.wake = wake;
    this.replaced = replaced;
    this.bound = bound;
  }

  Feed feed() {
    return feed;
  }

  @Override
  public boolean offer(Mutation mutation) {
    boolean kept;
    synchronized (this) {
      if (closed) {
        return true;
      }
      kept = keep(mutation);
    }
    wake.run();
    return kept;
  }

  private boolean keep(Mutation mutation) {
    if (dirty) {
      return false;
    }
    if (mutation instanceof Mutation.ClearScope clear) {
      waiting.values().removeIf(other -> other.scope().equals(clear.scope()));
    }
    waiting.put(keyOf(mutation), mutation);
    if (waiting.size() <= bound) {
      return true;
    }
    waiting.clear();
    dirty = true;
    overflows++;
    return false;
  }

  private static Object keyOf(Mutation mutation) {
    if (mutation instanceof Mutation.Put put) {
      return put.session().key();
    }
    if (mutation instanceof Mutation.Delete delete) {
      return delete.key();
    }
    Scope scope = mutation.scope();
    return scope;
  }

  /** Takes mutations, oldest first, as long as {@code taker} has room for them. */
  synchronized void take(Predicate<Mutation> taker) {
    Iterator<Mutation> oldest = waiting.values().iterator();
    while (oldest.hasNext() && taker.test(oldest.next())) {
      oldest.remove();
    }
  }

  /** Whether changes were dropped and nothing waits: the source has to look at everything again. */
  synchronized boolean takeDirty() {
    boolean was = dirty && !closed;
    dirty = false;
    return was;
  }

  synchronized boolean isEmpty() {
    return waiting.isEmpty();
  }

  synchronized NodeStatus.QueueStatus status() {
    return new NodeStatus.QueueStatus("intake " + feed, waiting.size(), bound, overflows);
  }

  synchronized void close() {
    closed = true;
  }

  /** What waits, for tests. */
  synchronized List<Mutation> waiting() {
    return new ArrayList<>(waiting.values());
  }

  @Override
  public TableView table() {
    return table;
  }

  @Override
  public void replaced() {
    synchronized (this) {
      if (closed) {
        return;
      }
    }
    replaced.run();
  }
}
