package io.ssyncd.sink.pound;

import io.ssyncd.node.Intake;
import io.ssyncd.session.Mutation;
import io.ssyncd.table.TableView;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** A log that has applied what it is handed at once; or refuses all. */
final class TableIntake implements Intake {
  final MapTable table;
  final AtomicLong puts = new AtomicLong();
  final AtomicLong deletes = new AtomicLong();
  final AtomicLong refusals = new AtomicLong();
  final AtomicInteger replacements = new AtomicInteger();
  volatile boolean full;

  TableIntake(MapTable table) {
    this.table = table;
  }

  @Override
  public boolean offer(Mutation mutation) {
    if (full) {
      refusals.incrementAndGet();
      return false;
    }
    (mutation instanceof Mutation.Put ? puts : deletes).incrementAndGet();
    table.apply(mutation);
    return true;
  }

  @Override
  public TableView table() {
    return table;
  }

  @Override
  public void replaced() {
    replacements.incrementAndGet();
  }
}
