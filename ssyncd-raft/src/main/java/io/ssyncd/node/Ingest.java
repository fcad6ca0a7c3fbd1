package io.ssyncd.node;

import io.ssyncd.log.BatchBuilder;
import io.ssyncd.log.Committed;
import io.ssyncd.log.EntryCodec;
import io.ssyncd.log.LogUnavailableException;
import io.ssyncd.log.ReplicatedLog;
import io.ssyncd.table.SessionTable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of one reign's changes into the log: one batch in flight, while the next collects in the
 * intakes. An idle log gets a change at once; a busy one gets many together. A batch that the log
 * did not answer is proposed again as it was, until it is known to be applied: the table takes each
 * sequence once.
 *
 * <p>State belongs to the ingest thread, but where it says otherwise.
 */
final class Ingest {
  private static final Logger log = LoggerFactory.getLogger(Ingest.class);

  private final Reign reign;
  private final String member;
  private final ReplicatedLog raft;
  private final SessionTable table;
  private final TableLimits limits;
  private final NodeLoop thread;
  private final IngestCounters counters;
  private final Consumer<String> broken;
  private final Consumer<FeedIntake> roomAgain;
  private final Backoff backoff;
  private final BatchBuilder builder;

  private final List<FeedIntake> intakes = new CopyOnWriteArrayList<>();
  private final AtomicBoolean pumping = new AtomicBoolean();
  private volatile boolean flying;
  private volatile boolean ended;

  private @Nullable Flight flight;
  private long sequence;
  private int turn;
  private final List<Drain> drains = new ArrayList<>();

  private record Flight(
      long sequence, byte[] bytes, int mutations, Set<FeedIntake> from, boolean again) {
    Flight repeated() {
      return new Flight(sequence, bytes, mutations, from, true);
    }
  }

  private record Drain(FeedIntake intake, CompletableFuture<Void> done) {}

  /**
   * Of a reign whose OPEN is applied.
   *
   * @param thread the ingest thread
   * @param broken told once if the log refuses this reign's batches; by the ingest thread
   * @param roomAgain told when an intake that dropped changes has room; by the ingest thread
   */
  Ingest(
      Reign reign,
      String member,
      ReplicatedLog raft,
      SessionTable table,
      TableLimits limits,
      NodeLoop thread,
      NodeTuning tuning,
      IngestCounters counters,
      Consumer<String> broken,
      Consumer<FeedIntake> roomAgain) {
    this.reign = reign;
    this.member = member;
    this.raft = raft;
    this.table = table;
    this.limits = limits;
    this.thread = thread;
    this.counters = counters;
    this.broken = broken;
    this.roomAgain = roomAgain;
    this.backoff = new Backoff(tuning.proposeRetry(), tuning.proposeRetryMost());
    int most = Math.min(raft.maxEntryBytes(), EntryCodec.MAX_ENTRY_BYTES);
    this.builder = new BatchBuilder(most, EntryCodec.MAX_MUTATIONS);
  }

  /** From any thread. */
  void add(FeedIntake intake) {
    intakes.add(intake);
  }

  /** From any thread. What waits there is dropped. */
  void remove(FeedIntake intake) {
    intakes.remove(intake);
    intake.close();
    thread.execute(this::settleDrains);
  }

  /** Something waits. From any thread; never blocks. */
  void wake() {
    // A landing batch looks for the next one itself, after this is false.
    if (!flying && !ended && pumping.compareAndSet(false, true)) {
      thread.execute(this::pump);
    }
  }

  /** Done when nothing of that intake waits or flies. From any thread. */
  CompletableFuture<Void> drained(FeedIntake intake) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    thread.execute(
        () -> {
          drains.add(new Drain(intake, done));
          settleDrains();
        });
    return done;
  }

  /** Proposes nothing more; what is in flight may still be committed. From any thread. */
  void end() {
    ended = true;
    for (FeedIntake intake : intakes) {
      intake.close();
    }
    thread.execute(this::settleDrains);
  }

  private void pump() {
    pumping.set(false);
    if (ended || flight != null) {
      return;
    }
    builder.clear();
    limits.beginBatch();
    Set<FeedIntake> from = collect();
    if (builder.mutations() > 0) {
      byte[] bytes = builder.encode(member, reign.epoch(), sequence + 1);
      flying = true;
      flight = new Flight(sequence + 1, bytes, builder.mutations(), from, false);
      propose(flight);
    } else {
      settleDrains();
      offerRoom();
    }
  }

  /** Each batch begins at the next feed, so that a busy one does not hold the others. */
  private Set<FeedIntake> collect() {
    List<FeedIntake> all = List.copyOf(intakes);
    Set<FeedIntake> from = new HashSet<>();
    for (int i = 0; i < all.size(); i++) {
      FeedIntake intake = all.get((turn + i) % all.size());
      if (intake.take(builder, limits)) {
        from.add(intake);
      }
    }
    turn = all.isEmpty() ? 0 : (turn + 1) % all.size();
    return from;
  }

  private void propose(Flight now) {
    if (ended) {
      return;
    }
    CompletableFuture<Committed> answer;
    try {
      answer = raft.propose(now.bytes());
    } catch (RuntimeException e) {
      answer = CompletableFuture.failedFuture(e);
    }
    var unused =
        answer
            .thenCompose(
                committed ->
                    table.appliedIndex() >= committed.index()
                        ? CompletableFuture.completedFuture(committed)
                        : table.awaitApplied(committed.index()).thenApply(index -> committed))
            .whenComplete(
                (committed, error) -> thread.execute(() -> landed(now, committed, error)));
  }

  private void landed(Flight now, @Nullable Committed committed, @Nullable Throwable error) {
    if (ended || flight == null || flight.sequence() != now.sequence()) {
      return;
    }
    if (committed == null) {
      failed(now, Cause.of(error));
      return;
    }
    switch (committed.outcome()) {
      case APPLIED -> done(now, false);
      case DUPLICATE -> {
        if (now.again()) {
          done(now, true);
        } else {
          stop("batch " + now.sequence() + " of epoch " + reign.epoch() + " is not this node's");
        }
      }
      case STALE_EPOCH -> stop("another OPEN took the place of epoch " + reign.epoch());
      case GAP -> stop("batch " + now.sequence() + " of epoch " + reign.epoch() + " left a gap");
      case MALFORMED -> stop("batch " + now.sequence() + " could not be read back: a bug");
    }
  }

  private void failed(Flight now, Throwable error) {
    if (error instanceof LogUnavailableException || error instanceof RejectedExecutionException) {
      counters.repeated();
      log.debug("batch {} again: {}", now.sequence(), error.getMessage());
      Flight again = now.repeated();
      flight = again;
      NodeLoop.Timer unused = thread.schedule(backoff.next(), () -> propose(again));
    } else {
      log.error("batch {} of {} bytes failed", now.sequence(), now.bytes().length, error);
      stop("batch " + now.sequence() + " failed: " + error);
    }
  }

  private void done(Flight now, boolean duplicate) {
    backoff.reset();
    counters.committed(now.mutations(), duplicate);
    sequence = now.sequence();
    flight = null;
    flying = false;
    pump();
    settleDrains();
    offerRoom();
  }

  /** Also when all that waited was refused: a table that is full has to hear of deletions. */
  private void offerRoom() {
    for (FeedIntake intake : intakes) {
      if (intake.hasRoomAgain()) {
        roomAgain.accept(intake);
      }
    }
  }

  private void stop(String why) {
    end();
    broken.accept(why);
  }

  private void settleDrains() {
    Flight now = flight;
    drains.removeIf(
        drain -> {
          boolean idle =
              ended
                  || drain.intake().isEmpty()
                      && (now == null || !now.from().contains(drain.intake()));
          return idle && drain.done().complete(null);
        });
  }
}
