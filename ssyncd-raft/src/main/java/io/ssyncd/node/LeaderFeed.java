package io.ssyncd.node;

import io.ssyncd.session.Feed;
import io.ssyncd.session.Kind;
import io.ssyncd.table.TableView;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A feed during one reign of this node: its sink is written, until that succeeds; then its source
 * may speak. Gone with the reign, so that nothing of an old one can touch a new one. On the node's
 * thread.
 */
final class LeaderFeed {
  private static final Logger log = LoggerFactory.getLogger(LeaderFeed.class);

  /** A write that was read back otherwise is repeated so often before that is accepted. */
  private static final int MISMATCH_RETRIES = 1;

  private final LocalFeed local;
  private final Endpoint endpoint;
  private final Reign reign;
  private final Ingest ingest;
  private final FeedIntake intake;
  private final Retelling retelling;
  private final NodeLoop loop;
  private final NodeTuning tuning;
  private final TableView toWrite;
  private final Runnable changed;
  private final Backoff retry;
  private final Replacements replacements;

  private Phase phase = Phase.WAITING;
  private boolean tried;
  private int mismatches;

  /** Failed writes since the last that went well; the first is said, the rest are in the status. */
  private int failures;

  private long writingSince;
  private boolean telling;
  private @Nullable SinkWrite write;

  /** How far it has come. */
  enum Phase {
    /** Its turn has not come. */
    WAITING,
    /** Its sink is being written. */
    WRITING,
    /** The write failed and will be tried again. */
    RETRYING,
    /** Written and read back. */
    WRITTEN,
    /** Its source speaks. */
    INGESTING,
    /** The reign is over, or the feed was stopped. */
    STOPPED
  }

  /**
   * @param table as it is replicated
   * @param clock that of whoever stamped the entries of kernel tables
   * @param changed called on the node's thread after each change of phase that somebody may wait
   *     for
   */
  LeaderFeed(
      LocalFeed local,
      Endpoint endpoint,
      Reign reign,
      Ingest ingest,
      NodeLoop loop,
      NodeTuning tuning,
      TableView table,
      RecordsClock clock,
      Runnable changed) {
    this.local = local;
    this.endpoint = endpoint;
    this.reign = reign;
    this.ingest = ingest;
    this.loop = loop;
    this.tuning = tuning;
    this.toWrite = new RecordsInOwnTime(table, clock::aheadMs);
    this.changed = changed;
    this.retry = new Backoff(tuning.sinkRetry(), tuning.sinkRetryMost());
    this.replacements = new Replacements(tuning.sinkRetry());
    this.intake =
        new FeedIntake(
            local.feed().toString(),
            table,
            FeedIntake.MAX_KEYS,
            local.counters(),
            ingest::wake,
            () -> loop.execute(this::replaced));
    this.retelling = new Retelling(table, clock, reign, intake, () -> ingest.drained(intake), loop);
    ingest.add(intake);
  }

  Feed feed() {
    return local.feed();
  }

  FeedIntake intake() {
    return intake;
  }

  Phase phase() {
    return phase;
  }

  /** Whether its first write has ended, one way or the other, or has taken longer than that. */
  boolean tried(Duration patience) {
    return tried
        || phase == Phase.WRITTEN
        || phase == Phase.INGESTING
        || phase != Phase.WAITING && System.nanoTime() - writingSince > patience.toNanos();
  }

  /** Whether its sink was written in this reign. */
  boolean written() {
    return phase == Phase.WRITTEN || phase == Phase.INGESTING;
  }

  /** A promotion that does not write this kind takes its sink for written. */
  void skipWrite() {
    phase = Phase.WRITTEN;
  }

  /** Writes the sink; its turn has come. */
  void write() {
    if (phase == Phase.STOPPED) {
      return;
    }
    if (phase == Phase.WAITING) {
      writingSince = System.nanoTime();
    }
    phase = Phase.WRITING;
    local.writing();
    WriteOrder order = new WriteOrder(toWrite, Set.of(), false, false, reign);
    SinkWrite now = local.writer().submit(endpoint.sink(), order, tuning.writeMost());
    write = now;
    var unused =
        now.result()
            .whenComplete((reports, error) -> loop.execute(() -> wrote(now, reports, error)));
  }

  private void wrote(
      SinkWrite which, @Nullable List<ScopeReport> reports, @Nullable Throwable error) {
    if (which != write || phase != Phase.WRITING) {
      return;
    }
    write = null;
    tried = true;
    if (reports == null) {
      failed(Cause.of(error));
    } else {
      local.written(reports);
      boolean mismatch = reports.stream().anyMatch(report -> report.mismatched() > 0);
      if (mismatch && mismatches++ < MISMATCH_RETRIES) {
        again();
      } else {
        retry.reset();
        failures = 0;
        phase = Phase.WRITTEN;
      }
    }
    changed.run();
  }

  private void failed(Throwable error) {
    String why = reason(error);
    local.failed(why);
    if (error instanceof RuntimeException || error instanceof Error) {
      log.error("{}: its sink failed by a bug", feed(), error);
    } else if (failures++ == 0) {
      log.info("{} could not be written, trying again: {}", feed(), why);
    } else {
      log.debug("{} could not be written, {} times by now: {}", feed(), failures, why);
    }
    again();
  }

  private String reason(Throwable error) {
    if (error instanceof InterruptedException) {
      return "a write may take "
          + tuning.writeMost().toSeconds()
          + " s, this one took longer: "
          + Cause.text(error);
    }
    return Cause.text(error);
  }

  private void again() {
    phase = Phase.RETRYING;
    loop.schedule(retry.next(), this::writeAgain);
  }

  /** Without a majority nothing can be written in the name of the reign: it is not even tried. */
  private void writeAgain() {
    if (phase != Phase.RETRYING) {
      return;
    }
    if (reign.holds()) {
      write();
    } else {
      again();
    }
  }

  /** Lets the source speak, if its sink was written and it does not yet. */
  void start() {
    if (phase != Phase.WRITTEN || telling || !timesAreOurs()) {
      return;
    }
    try {
      endpoint.source().start(intake);
      phase = Phase.INGESTING;
      local.ingesting(true);
    } catch (RuntimeException e) {
      log.error("{}: its source did not start", feed(), e);
      local.failed("its source did not start: " + e);
      stopSource();
      again();
    }
  }

  /** Whether the source may speak of times beside those in the table; sees to it that it may. */
  private boolean timesAreOurs() {
    if (feed().kind() != Kind.RECENT || retelling.needless()) {
      return true;
    }
    telling = true;
    var unused =
        retelling
            .begin()
            .thenRun(
                () -> {
                  telling = false;
                  changed.run();
                });
    return false;
  }

  /** Silences the source for a while; what it has said goes on its way. */
  void pause() {
    if (phase == Phase.INGESTING) {
      stopSource();
      phase = Phase.WRITTEN;
    }
  }

  /** Changes were dropped, and there is room again. */
  void resync() {
    if (phase == Phase.INGESTING) {
      log.info("{} is compared with the table once more", feed());
      endpoint.source().resync();
    }
  }

  /** Another process stands behind the source, and knows nothing. */
  private void replaced() {
    // Also when the source was paused meanwhile: it would begin with the empty process otherwise.
    if (phase != Phase.INGESTING && phase != Phase.WRITTEN) {
      return;
    }
    stopSource();
    phase = Phase.RETRYING;
    Duration pause = replacements.pause(System.nanoTime());
    log.info("{}: its process was replaced; the table is written into the new one", feed());
    CompletableFuture<Void> committed =
        ingest
            .drained(intake)
            .completeOnTimeout(null, tuning.drainMost().toMillis(), TimeUnit.MILLISECONDS);
    var unused = committed.thenRun(() -> loop.schedule(pause, this::writeAgain));
    changed.run();
  }

  /**
   * Silences the source and calls off the write; nothing starts again.
   *
   * @return done when the sink is no longer written
   */
  CompletableFuture<Void> stop() {
    if (phase == Phase.INGESTING) {
      stopSource();
    }
    phase = Phase.STOPPED;
    ingest.remove(intake);
    SinkWrite now = write;
    write = null;
    local.calledOff();
    if (now == null) {
      return CompletableFuture.completedFuture(null);
    }
    now.stop();
    return now.result().handle((reports, error) -> ended(error));
  }

  /** A write of a reign that is over: says how far it came; the successor's repairs the rest. */
  private @Nullable Void ended(@Nullable Throwable error) {
    if (error == null) {
      log.info("{}: its write came to its end although {} is over", feed(), reign);
    } else {
      String how = Cause.text(Cause.of(error));
      log.info("{}: its write ended with {}: {}", feed(), reign, how);
      local.endedEarly(how);
    }
    return null;
  }

  private void stopSource() {
    local.ingesting(false);
    try {
      endpoint.source().stop();
    } catch (RuntimeException e) {
      log.error("{}: its source did not stop in order", feed(), e);
    }
  }
}
