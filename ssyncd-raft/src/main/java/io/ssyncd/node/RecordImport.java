package io.ssyncd.node;

import io.ssyncd.session.Mutation;
import io.ssyncd.table.TableView;
import java.util.concurrent.CompletableFuture;

/**
 * A way into the log for records that no source of this host tells of. It takes part in the
 * leader's batches, under the same bounds and the same fence, and is over when the reign is: what
 * was offered last may then not have been committed, and has to be offered again to whoever leads.
 *
 * <p>Thread-safe; never blocks.
 */
public final class RecordImport implements Intake, AutoCloseable {
  /** How many changes may wait: far below what an intake takes, for nothing may be dropped. */
  static final int MOST_WAITING = 1 << 16;

  private final TableView table;
  private final Ingest ingest;
  private final FeedIntake intake;
  private final FeedCounters counters = new FeedCounters();

  RecordImport(String name, TableView table, Ingest ingest) {
    this.table = table;
    this.ingest = ingest;
    this.intake =
        new FeedIntake(name, table, FeedIntake.MAX_KEYS, counters, ingest::wake, () -> {});
    ingest.add(intake);
  }

  /**
   * Hands over a change. Changes of one key that wait for the log are merged: the latest wins.
   *
   * @return false if nothing was taken: {@value #MOST_WAITING} wait, or {@link #isOver}
   */
  @Override
  public boolean offer(Mutation mutation) {
    return !intake.isClosed() && counters.depth() < MOST_WAITING && intake.offer(mutation);
  }

  /** What the cluster holds now; may be a moment behind what was offered. */
  @Override
  public TableView table() {
    return table;
  }

  /** Nothing is written back to where the records come from. */
  @Override
  public void replaced() {}

  /** Done when all that was offered before is applied here, refused, or the import is over. */
  public CompletableFuture<Void> committed() {
    return ingest.drained(intake);
  }

  /** Whether nothing more is taken: it was closed, or this node's reign ended. */
  public boolean isOver() {
    return intake.isClosed();
  }

  /** How many changes wait for the log. */
  public int waiting() {
    return counters.depth();
  }

  /** How many records the table's limits did not admit. */
  public long refused() {
    return counters.refusedRecords();
  }

  /** Takes nothing more; what waits is dropped, see {@link #committed}. */
  @Override
  public void close() {
    ingest.remove(intake);
  }
}
