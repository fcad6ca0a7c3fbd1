package io.ssyncd.node;

import io.ssyncd.log.Committed;
import io.ssyncd.log.Entry;
import io.ssyncd.log.EntryCodec;
import io.ssyncd.log.LogUnavailableException;
import io.ssyncd.log.Outcome;
import io.ssyncd.log.ReplicatedLog;
import io.ssyncd.table.SessionTable;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Operators' wishes, committed: proposed again, under the same request id, until it is known that
 * they are applied. Thread-safe.
 */
final class Commands {
  /** How many may be under way. */
  static final int MAX_UNDER_WAY = 256;

  /** How many stopped feeds are remembered; one that is started again makes room. */
  static final int MAX_STOPPED = 4096;

  private final ReplicatedLog raft;
  private final SessionTable table;
  private final NodeLoop loop;
  private final NodeTuning tuning;
  private final Semaphore room = new Semaphore(MAX_UNDER_WAY);
  private final Set<Attempt> underWay = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  Commands(ReplicatedLog raft, SessionTable table, NodeLoop loop, NodeTuning tuning) {
    this.raft = raft;
    this.table = table;
    this.loop = loop;
    this.tuning = tuning;
  }

  /** Done when the wish is applied here. */
  CompletableFuture<Void> execute(Entry.Operation operation) {
    byte[] entry;
    try {
      check(operation);
      entry = EntryCodec.encode(new Entry.Command(UUID.randomUUID(), operation));
    } catch (IllegalArgumentException e) {
      return CompletableFuture.failedFuture(e);
    }
    if (!room.tryAcquire()) {
      return CompletableFuture.failedFuture(
          new LogUnavailableException(MAX_UNDER_WAY + " commands are under way already"));
    }
    Attempt attempt =
        new Attempt(
            entry,
            System.nanoTime() + tuning.commandMost().toNanos(),
            new Backoff(tuning.proposeRetry(), tuning.proposeRetryMost()),
            new CompletableFuture<>());
    underWay.add(attempt);
    var unused =
        attempt
            .done()
            .whenComplete(
                (done, error) -> {
                  underWay.remove(attempt);
                  room.release();
                });
    propose(attempt);
    return attempt.done();
  }

  private void check(Entry.Operation operation) {
    if (operation instanceof Entry.Operation.StartFeed start
        && !table.startedFeeds().contains(start.feed())
        && table.startedFeeds().size() >= Feeds.MAX_FEEDS) {
      throw new IllegalArgumentException(
          start.feed() + ": " + Feeds.MAX_FEEDS + " feeds are started already");
    }
    if (operation instanceof Entry.Operation.StopFeed stop
        && !table.stoppedFeeds().contains(stop.feed())
        && table.stoppedFeeds().size() >= MAX_STOPPED) {
      throw new IllegalArgumentException(
          stop.feed()
              + ": "
              + MAX_STOPPED
              + " feeds are stopped already; start one that is needed");
    }
  }

  private record Attempt(
      byte[] entry, long untilNanos, Backoff backoff, CompletableFuture<Void> done) {}

  private void propose(Attempt attempt) {
    if (closed) {
      attempt.done().completeExceptionally(closedNow());
      return;
    }
    CompletableFuture<Committed> answer;
    try {
      answer = raft.propose(attempt.entry());
    } catch (RuntimeException e) {
      answer = CompletableFuture.failedFuture(e);
    }
    var unused =
        answer
            .thenCompose(
                committed ->
                    table.awaitApplied(committed.index()).thenApply(index -> committed.outcome()))
            .whenComplete((outcome, error) -> answered(attempt, outcome, error));
  }

  private void answered(Attempt attempt, @Nullable Outcome outcome, @Nullable Throwable wrapped) {
    if (outcome == Outcome.APPLIED || outcome == Outcome.DUPLICATE) {
      attempt.done().complete(null);
      return;
    }
    Throwable error = Cause.of(wrapped);
    boolean again =
        error instanceof LogUnavailableException || error instanceof RejectedExecutionException;
    if (!again) {
      attempt
          .done()
          .completeExceptionally(
              outcome == null ? error : new IllegalStateException("a command came out " + outcome));
    } else if (System.nanoTime() - attempt.untilNanos() >= 0) {
      attempt
          .done()
          .completeExceptionally(
              new LogUnavailableException(
                  "not known to be committed; it may be, later: " + error.getMessage(), error));
    } else {
      loop.execute(() -> loop.schedule(attempt.backoff().next(), () -> propose(attempt)));
    }
  }

  private static LogUnavailableException closedNow() {
    return new LogUnavailableException(
        "the node is closed; what was proposed before may be committed, later");
  }

  /** Fails what is under way, and everything from now on. */
  void close() {
    closed = true;
    underWay.forEach(attempt -> attempt.done().completeExceptionally(closedNow()));
  }
}
