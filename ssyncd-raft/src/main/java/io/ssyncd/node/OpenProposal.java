package io.ssyncd.node;

import io.ssyncd.log.Committed;
import io.ssyncd.log.Entry;
import io.ssyncd.log.EntryCodec;
import io.ssyncd.log.ReplicatedLog;
import io.ssyncd.table.SessionTable;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The OPEN of a reign: proposed until the log answers, and compared with the newest one in the
 * table. On the node's thread.
 */
final class OpenProposal {
  private static final Logger log = LoggerFactory.getLogger(OpenProposal.class);

  private final String self;
  private final NodeTuning tuning;
  private final NodeLoop loop;
  private final ReplicatedLog raft;
  private final SessionTable table;
  private final Predicate<Reign> waits;
  private final Runnable applied;

  /**
   * @param waits whether a reign still waits for its OPEN
   * @param applied called when one that was proposed is in the table
   */
  OpenProposal(
      String self,
      NodeTuning tuning,
      NodeLoop loop,
      ReplicatedLog raft,
      SessionTable table,
      Predicate<Reign> waits,
      Runnable applied) {
    this.self = self;
    this.tuning = tuning;
    this.loop = loop;
    this.raft = raft;
    this.table = table;
    this.waits = waits;
    this.applied = applied;
  }

  /** Proposes the OPEN of a reign until the log answers, or the reign no longer waits for it. */
  void propose(Reign which) {
    propose(which, new Backoff(tuning.proposeRetry(), tuning.proposeRetryMost()));
  }

  private void propose(Reign which, Backoff backoff) {
    if (!waits.test(which)) {
      return;
    }
    CompletableFuture<Committed> answer;
    try {
      answer = raft.propose(EntryCodec.encode(new Entry.Open(self, which.request())));
    } catch (RuntimeException e) {
      answer = CompletableFuture.failedFuture(e);
    }
    var unused =
        answer
            .thenCompose(committed -> table.awaitApplied(committed.index()))
            .whenComplete((index, error) -> loop.execute(() -> proposed(which, backoff, error)));
  }

  private void proposed(Reign which, Backoff backoff, @Nullable Throwable error) {
    if (error == null) {
      applied.run();
    } else if (waits.test(which)) {
      log.info("OPEN of term {} again: {}", which.term(), error.toString());
      loop.schedule(backoff.next(), () -> propose(which, backoff));
    }
  }

  /** The index of a reign's OPEN, which is its epoch; empty before it is applied. */
  OptionalLong index(Reign which) {
    return table.appliedAt(which.request());
  }

  /** Whether no OPEN came after that of this node's epoch, and no table took its place. */
  boolean isNewest(long epoch) {
    return table.epoch() == epoch && self.equals(table.ingester());
  }

  /** What came after it, in words. */
  String newest() {
    String ingester = table.ingester();
    return ingester == null ? "a restored table" : "an OPEN of " + ingester;
  }
}
