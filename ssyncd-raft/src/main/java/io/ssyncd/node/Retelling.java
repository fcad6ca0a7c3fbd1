package io.ssyncd.node;

import io.ssyncd.session.Mutation;
import io.ssyncd.session.RecentEntry;
import io.ssyncd.session.Scope;
import io.ssyncd.session.SessionRecord;
import io.ssyncd.table.TableView;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A new leader tells what it took over anew, in its own time, before it collects: so that all times
 * of the table are of one clock, whoever reads them next. Entries of kernel tables alone; where
 * clocks agree there is nothing to tell. On the node's thread.
 */
final class Retelling {
  private static final Logger log = LoggerFactory.getLogger(Retelling.class);

  private final TableView table;
  private final RecordsClock clock;
  private final Reign reign;
  private final Intake intake;
  private final Supplier<CompletableFuture<Void>> drained;
  private final NodeLoop loop;

  /**
   * @param table as it is replicated
   * @param intake brings changes of this reign to the log
   * @param drained done when what the intake took is committed
   */
  Retelling(
      TableView table,
      RecordsClock clock,
      Reign reign,
      Intake intake,
      Supplier<CompletableFuture<Void>> drained,
      NodeLoop loop) {
    this.table = table;
    this.clock = clock;
    this.reign = reign;
    this.intake = intake;
    this.drained = drained;
    this.loop = loop;
  }

  /** Whether the table's times are of this host's clock; then they are of it from now on. */
  boolean needless() {
    boolean same = clock.aheadMs() == 0;
    if (same) {
      clock.own();
    }
    return same;
  }

  /** Tells; done, on the node's thread, when that is committed or the reign is over. */
  CompletableFuture<Void> begin() {
    long ahead = clock.aheadMs();
    List<RecentEntry> entries = new ArrayList<>();
    for (Scope scope : table.counts().keySet()) {
      for (SessionRecord held : table.records(scope)) {
        if (held instanceof RecentEntry entry) {
          entries.add(entry);
        }
      }
    }
    log.info("{} entries of kernel tables are told anew, {} ms earlier", entries.size(), ahead);
    CompletableFuture<Void> done = new CompletableFuture<>();
    tell(entries, 0, ahead, done);
    return done;
  }

  /** As many as the intake takes; the others once these are committed. */
  private void tell(List<RecentEntry> entries, int from, long ahead, CompletableFuture<Void> done) {
    int next = from;
    while (next < entries.size()
        && intake.offer(new Mutation.Put(entries.get(next).later(-ahead)))) {
      next++;
    }
    int told = next;
    var unused =
        drained
            .get()
            .whenComplete(
                (committed, error) ->
                    loop.execute(
                        () -> {
                          if (reign.isOver()) {
                            done.complete(null);
                          } else if (told < entries.size()) {
                            tell(entries, told, ahead, done);
                          } else {
                            clock.own();
                            done.complete(null);
                          }
                        }));
  }
}
