package io.ssyncd.node;

import io.ssyncd.log.BatchBuilder;
import io.ssyncd.log.Committed;
import io.ssyncd.log.LogUnavailableException;
import io.ssyncd.log.Outcome;
import io.ssyncd.log.ReplicatedLog;
import io.ssyncd.session.HttpKey;
import io.ssyncd.session.Kind;
import io.ssyncd.session.Mutation;
import io.ssyncd.table.TableView;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings what the sources of one reign saw to the log: one batch in flight, while the next collects
 * in the intakes. A thread of its own; ends with its reign.
 */
final class Ingest {
  private static final Logger log = LoggerFactory.getLogger(Ingest.class);

  /** Without quorum the same batch is proposed again after so long. */
  private static final long RETRY_MS = 50;

  private final String member;
  private final long epoch;
  private final ReplicatedLog replicated;
  private final TableView table;
  private final NodeConfig.Limits limits;
  private final Runnable over;
  private final Consumer<FeedIntake> resync;
  private final List<FeedIntake> intakes = new CopyOnWriteArrayList<>();
  private final Semaphore work = new Semaphore(0);
  private final BatchBuilder batch = new BatchBuilder();
  private final AtomicLong overLimit = new AtomicLong();
  private final Thread thread;
  private volatile boolean stopped;
  private volatile boolean busy;
  private long sequence;

  /**
   * An ingest that is not started.
   *
   * @param over called when the table says that this reign is over
   * @param resync called with an intake that dropped changes and has room again
   */
  Ingest(
      String member,
      long epoch,
      ReplicatedLog replicated,
      TableView table,
      NodeConfig.Limits limits,
      Runnable over,
      Consumer<FeedIntake> resync) {
    this.member = member;
    this.epoch = epoch;
    this.replicated = replicated;
    this.table = table;
    this.limits = limits;
    this.over = over;
    this.resync = resync;
    this.thread = new Thread(this::run, "ssyncd-ingest-" + member);
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  void add(FeedIntake intake) {
    intakes.add(intake);
    wake();
  }

  void remove(FeedIntake intake) {
    intakes.remove(intake);
  }

  /** There may be something to take. */
  void wake() {
    if (work.availablePermits() == 0) {
      work.release();
    }
  }

  /** Proposes nothing more. What is in flight may still be committed; the fence sees to that. */
  void stop() {
    stopped = true;
    thread.interrupt();
  }

  /** Whether all that was offered so far is in the table. */
  boolean idle() {
    return !busy && intakes.stream().allMatch(FeedIntake::isEmpty);
  }

  /** Records that were dropped because the table is full. */
  long overLimit() {
    return overLimit.get();
  }

  private void run() {
    try {
      while (!stopped) {
        work.acquire();
        work.drainPermits();
        while (!stopped && collect()) {
          propose();
        }
        busy = false;
        for (FeedIntake intake : intakes) {
          if (intake.takeDirty()) {
            resync.accept(intake);
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      if (!stopped) {
        log.error("ingest of epoch {} failed by a bug", epoch, e);
        over.run();
      }
    } finally {
      busy = false;
    }
  }

  /** Fills the batch; false if there was nothing. */
  private boolean collect() {
    busy = true;
    batch.clear();
    NewKeys newKeys = new NewKeys();
    for (FeedIntake intake : intakes) {
      intake.take(mutation -> newKeys.tooMany(mutation) || batch.add(mutation));
    }
    return !batch.isEmpty();
  }

  private void propose() throws InterruptedException {
    long number = sequence + 1;
    byte[] entry = batch.encode(member, epoch, number);
    while (!stopped) {
      try {
        Committed committed = replicated.propose(entry).get();
        if (committed.outcome() == Outcome.APPLIED || committed.outcome() == Outcome.DUPLICATE) {
          sequence = number;
        } else {
          log.warn("batch {} of epoch {}: {}", number, epoch, committed.outcome());
          stopped = true;
          over.run();
        }
        return;
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof LogUnavailableException)) {
          throw new IllegalStateException("batch " + number + " of epoch " + epoch, e.getCause());
        }
        // It may have been committed all the same: the same bytes again are applied once.
        log.info("batch {} of epoch {}: {}", number, epoch, e.getCause().getMessage());
        TimeUnit.MILLISECONDS.sleep(RETRY_MS);
      }
    }
  }

  /** Keeps the table within its limits: here, for in apply all members would have to agree. */
  private final class NewKeys {
    private int http = table.count(Kind.HTTP);
    private int recent = table.count(Kind.RECENT);

    /** Counts a mutation; true if it would be one record too many, and is to be dropped. */
    boolean tooMany(Mutation mutation) {
      if (!(mutation instanceof Mutation.Put put) || table.get(put.session().key()) != null) {
        return false;
      }
      boolean full =
          put.session().key() instanceof HttpKey
              ? http++ >= limits.maxHttpSessions()
              : recent++ >= limits.maxRecentEntries();
      if (full) {
        overLimit.incrementAndGet();
      }
      return full;
    }
  }
}
