package io.ssyncd.node;

import io.ssyncd.log.BatchBuilder;
import io.ssyncd.log.LogUnavailableException;
import io.ssyncd.log.ReplicatedLog;
import io.ssyncd.session.Mutation;
import io.ssyncd.session.Scope;
import io.ssyncd.session.SessionRecord;
import io.ssyncd.table.SessionTable;
import io.ssyncd.table.TableCopy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the cluster forget records, in its files as well; docs/decisions says how. Blocks its
 * caller. Thread-safe; one purge at a time on this node.
 */
final class Purges {
  private static final Logger log = LoggerFactory.getLogger(Purges.class);

  /** A step that is not committed by then fails the purge. */
  private static final Duration STEP = Duration.ofSeconds(30);

  /** So long the members are waited for that take a snapshot. */
  private static final Duration FILES = Duration.ofSeconds(30);

  private static final long LOOK_MS = 100;

  /** Padding of one step; a file of the log takes some hundred of them. */
  private static final int PADDING_BYTES = 96 * 1024;

  /** The file that an entry is in may have this much room beyond its size. */
  private static final int SLACK_STEPS = 3;

  private final String self;
  private final ReplicatedLog raft;
  private final SessionTable table;
  private final NodeTuning tuning;
  private final Members members;
  private final PurgedFiles files;
  private final PatientCommits commits;
  private final AtomicBoolean busy = new AtomicBoolean();

  /**
   * @param files tells how far this member's own files are
   */
  Purges(
      NodeConfig config,
      NodeTuning tuning,
      ReplicatedLog raft,
      SessionTable table,
      Members members,
      PurgedFiles files) {
    this.self = config.name();
    this.tuning = tuning;
    this.raft = raft;
    this.table = table;
    this.members = members;
    this.files = files;
    this.commits = new PatientCommits(raft, table, tuning);
  }

  PurgeReport purge(Predicate<SessionRecord> which, boolean dryRun)
      throws LogUnavailableException, InterruptedException {
    if (!busy.compareAndSet(false, true)) {
      throw new LogUnavailableException("another purge is under way on this node");
    }
    try {
      if (table.restoring().isPresent()) {
        throw new LogUnavailableException(
            "a restore is under way or was broken off, and holds records of its own: end it, or"
                + " ssyncdctl snapshot abandon");
      }
      SortedMap<Scope, List<Mutation>> found = found(which);
      SortedMap<Scope, Integer> counts = new TreeMap<>();
      found.forEach((scope, deletes) -> counts.put(scope, deletes.size()));
      if (dryRun) {
        return new PurgeReport(counts, 0, List.of(), List.of(), List.of());
      }
      long end = commit(found);
      log.info("purged {}, ended by entry {}", counts, end);
      return awaited(counts, end);
    } finally {
      busy.set(false);
    }
  }

  private SortedMap<Scope, List<Mutation>> found(Predicate<SessionRecord> which)
      throws LogUnavailableException, InterruptedException {
    try {
      long unused = raft.barrier().get(tuning.barrierMost().toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException | CancellationException e) {
      throw new LogUnavailableException(
          "no barrier, so this node may be behind: " + Cause.text(Cause.of(e)), e);
    }
    SortedMap<Scope, List<Mutation>> found = new TreeMap<>();
    TableCopy copy = table.copy();
    for (Map.Entry<Scope, List<SessionRecord>> scope : copy.records().entrySet()) {
      List<Mutation> deletes = new ArrayList<>();
      for (SessionRecord record : scope.getValue()) {
        if (which.test(record)) {
          deletes.add(new Mutation.Delete(record.key()));
        }
      }
      if (!deletes.isEmpty()) {
        found.put(scope.getKey(), deletes);
      }
    }
    return found;
  }

  /** Deletes, and moves the log on into files without them; the index of the last step. */
  private long commit(SortedMap<Scope, List<Mutation>> found)
      throws LogUnavailableException, InterruptedException {
    BatchBuilder step = new BatchBuilder();
    for (List<Mutation> deletes : found.values()) {
      for (Mutation delete : deletes) {
        if (!step.add(delete)) {
          commit(step, 0, false);
          boolean unused = step.add(delete);
        }
      }
    }
    if (!step.isEmpty()) {
      commit(step, 0, false);
    }
    long steps = raft.fileBytes() / PADDING_BYTES + SLACK_STEPS;
    for (long i = 1; i < steps; i++) {
      commit(step, PADDING_BYTES, false);
    }
    return commit(step, PADDING_BYTES, true);
  }

  private long commit(BatchBuilder step, int padding, boolean last)
      throws LogUnavailableException, InterruptedException {
    byte[] entry = step.encodePurge(padding, last);
    step.clear();
    return commits.commit(entry, STEP).index();
  }

  /** Waits until every member in reach has told that its files are rid of it, or for too long. */
  private PurgeReport awaited(SortedMap<Scope, Integer> counts, long end)
      throws InterruptedException {
    long until = System.nanoTime() + FILES.toNanos();
    while (true) {
      List<String> done = new ArrayList<>();
      List<String> open = new ArrayList<>();
      List<String> away = new ArrayList<>();
      for (Members.Known known : members.known()) {
        String name = known.member().name();
        boolean own = name.equals(self);
        long purged = own ? files.index() : known.notice() == null ? 0 : known.notice().purged();
        (purged >= end ? done : own || known.member().reachable() ? open : away).add(name);
      }
      if (open.isEmpty() || System.nanoTime() - until >= 0) {
        return new PurgeReport(counts, end, done, open, away);
      }
      Thread.sleep(LOOK_MS);
    }
  }
}
