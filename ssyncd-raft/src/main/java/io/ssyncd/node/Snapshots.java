package io.ssyncd.node;

import io.ssyncd.log.BatchBuilder;
import io.ssyncd.log.Committed;
import io.ssyncd.log.Entry;
import io.ssyncd.log.Entry.RestoreStep;
import io.ssyncd.log.EntryCodec;
import io.ssyncd.log.LogUnavailableException;
import io.ssyncd.log.Outcome;
import io.ssyncd.log.ReplicatedLog;
import io.ssyncd.session.Kind;
import io.ssyncd.session.Mutation;
import io.ssyncd.session.SessionRecord;
import io.ssyncd.table.RestoreUnderWay;
import io.ssyncd.table.SavedTable;
import io.ssyncd.table.SavedTableReader;
import io.ssyncd.table.SavedTableWriter;
import io.ssyncd.table.SessionTable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Saves the table, and restores a saved one through the log; docs/decisions says how. Both block
 * their caller. Thread-safe; one restore at a time.
 */
final class Snapshots {
  private static final Logger log = LoggerFactory.getLogger(Snapshots.class);

  /** A step that is not committed by then fails the restore. */
  private static final Duration STEP = Duration.ofSeconds(30);

  private final NodeConfig config;
  private final NodeTuning tuning;
  private final ReplicatedLog raft;
  private final SessionTable table;
  private final PatientCommits commits;
  private final AtomicBoolean busy = new AtomicBoolean();

  Snapshots(NodeConfig config, NodeTuning tuning, ReplicatedLog raft, SessionTable table) {
    this.config = config;
    this.tuning = tuning;
    this.raft = raft;
    this.table = table;
    this.commits = new PatientCommits(raft, table, tuning);
  }

  /** Writes what the cluster holds, after a barrier. */
  SavedTable save(OutputStream to)
      throws IOException, LogUnavailableException, InterruptedException {
    try {
      long unused = raft.barrier().get(tuning.barrierMost().toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException | CancellationException e) {
      throw new LogUnavailableException(
          "no barrier, so this node may be behind: " + Cause.text(Cause.of(e)), e);
    }
    return SavedTableWriter.write(
        config.log().cluster(), config.name(), System.currentTimeMillis(), table.copy(), to);
  }

  /**
   * Restores.
   *
   * @param otherCluster whether the table of a cluster of another name is taken
   */
  RestoreReport restore(InputStream from, boolean otherCluster)
      throws IOException, RestoreRefusedException, LogUnavailableException, InterruptedException {
    if (!busy.compareAndSet(false, true)) {
      throw new LogUnavailableException("another restore is under way on this node");
    }
    try {
      SavedTableReader reader = new SavedTableReader(from);
      check(reader.header(), otherCluster);
      return new Run(reader).run();
    } finally {
      busy.set(false);
    }
  }

  private void check(SavedTable saved, boolean otherCluster) throws RestoreRefusedException {
    if (!saved.cluster().equals(config.log().cluster()) && !otherCluster) {
      throw new RestoreRefusedException(
          "it was saved from cluster "
              + saved.cluster()
              + ", this one is "
              + config.log().cluster()
              + " (--force takes it all the same)");
    }
    bound(saved.httpSessions(), Kind.HTTP, config.limits().maxHttpSessions());
    bound(saved.recentEntries(), Kind.RECENT, config.limits().maxRecentEntries());
  }

  private static void bound(long records, Kind kind, int most) throws RestoreRefusedException {
    if (records > most) {
      throw new RestoreRefusedException(
          "it holds " + records + " " + kind.word() + " records; the bound here is " + most);
    }
  }

  /**
   * Drops what a restore that was broken off has gathered.
   *
   * @return whether there was any
   */
  boolean abandon() throws LogUnavailableException, InterruptedException {
    RestoreUnderWay under = table.restoring().orElse(null);
    if (under == null) {
      return false;
    }
    Committed done = commit(under.request(), new RestoreStep.Abandon(), STEP);
    return done.outcome() == Outcome.APPLIED;
  }

  /** What is there of a restore that is not done. */
  @Nullable Warning warning() {
    RestoreUnderWay under = table.restoring().orElse(null);
    return under == null
        ? null
        : WarningCode.RESTORE_UNFINISHED.with(
            "a restore of the table saved at "
                + Instant.ofEpochMilli(under.savedAtMs())
                + " is under way or was broken off, after "
                + under.records()
                + " records; the table is as it was: restore again, or ssyncdctl snapshot abandon");
  }

  private Committed commit(UUID request, RestoreStep step, Duration most)
      throws LogUnavailableException, InterruptedException {
    return commit(EntryCodec.encode(new Entry.Restore(request, step)), most);
  }

  /** A step that is committed twice counts once. */
  private Committed commit(byte[] entry, Duration most)
      throws LogUnavailableException, InterruptedException {
    return commits.commit(entry, most);
  }

  /** One restore. */
  private final class Run {
    private final SavedTableReader reader;
    private final UUID request = UUID.randomUUID();
    private final BatchBuilder part = new BatchBuilder();
    private int parts;

    Run(SavedTableReader reader) {
      this.reader = reader;
    }

    RestoreReport run() throws IOException, LogUnavailableException, InterruptedException {
      boolean done = false;
      SavedTable saved = reader.header();
      log.info("restoring {} records saved at index {}", saved.records(), saved.index());
      try {
        require(commit(request, new RestoreStep.Begin(saved.savedAtMs()), STEP));
        parts();
        long digest = Long.parseUnsignedLong(saved.digest(), 16);
        Committed end = commit(request, new RestoreStep.End(parts, saved.records(), digest), STEP);
        require(end);
        done = true;
        long holds = (long) table.count(Kind.HTTP) + table.count(Kind.RECENT);
        log.info("restored {} records with entry {}", saved.records(), end.index());
        return new RestoreReport(saved, end.index(), Math.max(0, holds - saved.records()));
      } finally {
        if (!done) {
          takeBack();
        }
      }
    }

    private void parts() throws IOException, LogUnavailableException, InterruptedException {
      for (List<SessionRecord> some = reader.next(); !some.isEmpty(); some = reader.next()) {
        for (SessionRecord record : some) {
          Mutation put = new Mutation.Put(record);
          if (!part.add(put)) {
            send();
            boolean unused = part.add(put);
          }
        }
      }
      if (!part.isEmpty()) {
        send();
      }
    }

    private void send() throws LogUnavailableException, InterruptedException {
      parts++;
      require(commit(part.encodePart(request, parts), STEP));
      part.clear();
    }

    private void require(Committed committed) throws LogUnavailableException {
      switch (committed.outcome()) {
        case APPLIED, DUPLICATE -> {}
        case STALE_EPOCH ->
            throw new LogUnavailableException("another restore took the place of this one");
        case GAP, MALFORMED ->
            throw new IllegalStateException("a step of a restore came out " + committed.outcome());
      }
    }

    /** As good as it goes: what stays is a warning. */
    private void takeBack() {
      try {
        var unused =
            raft.propose(EntryCodec.encode(new Entry.Restore(request, new RestoreStep.Abandon())));
      } catch (RuntimeException e) {
        log.info("a restore that failed is not abandoned: {}", e.toString());
      }
    }
  }
}
