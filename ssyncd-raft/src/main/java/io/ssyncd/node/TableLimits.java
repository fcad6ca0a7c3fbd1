package io.ssyncd.node;

import io.ssyncd.log.EntryCodec;
import io.ssyncd.session.HttpKey;
import io.ssyncd.session.Kind;
import io.ssyncd.session.Mutation;
import io.ssyncd.session.SessionKey;
import io.ssyncd.table.TableView;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The bounds of the table, enforced by whoever proposes: the table itself must not refuse what was
 * committed, or members would differ. Only new records are refused; known ones may change.
 *
 * <p>{@link #admits} and {@link #beginBatch} are called by the ingest thread; the rest by any.
 */
final class TableLimits {
  /** Room is there again below this share of a bound. */
  private static final double RELIEVED = 0.95;

  private final NodeConfig.Limits limits;
  private final TableView table;
  private final AtomicLongArray dropped = new AtomicLongArray(Kind.values().length);
  private final int[] added = new int[Kind.values().length];
  private final boolean[] near = new boolean[Kind.values().length];

  TableLimits(NodeConfig.Limits limits, TableView table) {
    this.limits = limits;
    this.table = table;
  }

  /** How many records of a kind there may be. */
  int most(Kind kind) {
    return kind == Kind.HTTP ? limits.maxHttpSessions() : limits.maxRecentEntries();
  }

  /** How many new records were refused. */
  long dropped(Kind kind) {
    return dropped.get(kind.ordinal());
  }

  /** Whether new records are refused now. */
  boolean full(Kind kind) {
    return table.count(kind) >= most(kind);
  }

  /** Whether there is room again for a while. */
  boolean relieved(Kind kind) {
    return table.count(kind) < most(kind) * RELIEVED;
  }

  /** Everything that was proposed is in the table; a new batch begins. */
  void beginBatch() {
    for (Kind kind : Kind.values()) {
      added[kind.ordinal()] = 0;
      near[kind.ordinal()] = table.count(kind) + EntryCodec.MAX_MUTATIONS > most(kind);
    }
  }

  /** Whether a change may be proposed in this batch; counts it if not. */
  boolean admits(Mutation mutation) {
    if (!(mutation instanceof Mutation.Put put)) {
      return true;
    }
    SessionKey key = put.session().key();
    Kind kind = key instanceof HttpKey ? Kind.HTTP : Kind.RECENT;
    if (!near[kind.ordinal()] || table.get(key) != null) {
      return true;
    }
    if (table.count(kind) + added[kind.ordinal()] >= most(kind)) {
      dropped.incrementAndGet(kind.ordinal());
      return false;
    }
    added[kind.ordinal()]++;
    return true;
  }
}
