package io.ssyncd.testkit;

import io.ssyncd.log.Entry;
import io.ssyncd.log.EntryCodec;
import io.ssyncd.node.Intake;
import io.ssyncd.session.Mutation;
import io.ssyncd.table.SessionTable;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * A cluster of one without a log: what is offered is in its table when the call returns. Remembers
 * what was offered. Thread-safe.
 */
public final class TableIntake implements Intake {
  private static final String MEMBER = "test";

  private final SessionTable table = new SessionTable();
  private final List<Mutation> offered = new ArrayList<>();
  private int replacements;
  private long sequence;
  private boolean full;

  /** An empty table. */
  public TableIntake() {
    table.apply(1, EntryCodec.encode(new Entry.Open(MEMBER, new UUID(0, 1))));
  }

  @Override
  public synchronized boolean offer(Mutation mutation) {
    if (full) {
      return false;
    }
    offered.add(mutation);
    apply(mutation);
    return true;
  }

  /** Changes the table as another member's ingest would have; counts as offered by nobody. */
  public synchronized void apply(Mutation mutation) {
    long index = table.appliedIndex() + 1;
    table.apply(
        index, EntryCodec.encode(new Entry.Batch(MEMBER, 1, ++sequence, List.of(mutation))));
  }

  /** From now on everything is dropped, or nothing any more. */
  public synchronized void full(boolean now) {
    full = now;
  }

  @Override
  public SessionTable table() {
    return table;
  }

  @Override
  public synchronized void replaced() {
    replacements++;
  }

  /** How often it was said that the process behind the source was replaced. */
  public synchronized int replacements() {
    return replacements;
  }

  /** All that was offered since the last call of {@link #forget}, in order. */
  public synchronized List<Mutation> offered() {
    return List.copyOf(offered);
  }

  /** Forgets what was offered; the table stays. */
  public synchronized void forget() {
    offered.clear();
  }
}
