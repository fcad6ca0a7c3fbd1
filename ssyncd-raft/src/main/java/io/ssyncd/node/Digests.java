package io.ssyncd.node;

import io.ssyncd.log.Entry;
import io.ssyncd.log.EntryCodec;
import io.ssyncd.log.LogUnavailableException;
import io.ssyncd.log.ReplicatedLog;
import io.ssyncd.log.Role;
import io.ssyncd.session.Scope;
import io.ssyncd.table.MarkedScopes;
import io.ssyncd.table.SessionTable;
import io.ssyncd.table.TableMark;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares the members' tables. A mark in the log makes each note its digest at that entry, and
 * tell it in its notice; the leader proposes one now and again while the table changes, and an
 * operator may at any time, through any member. The leader's timer is on the node's thread; all
 * else is thread-safe.
 */
final class Digests {
  private static final Logger log = LoggerFactory.getLogger(Digests.class);

  private final ReplicatedLog raft;
  private final SessionTable table;
  private final Members members;
  private final NodeLoop loop;
  private final NodeTuning tuning;
  private final Duration every;
  private volatile DigestReport shown = DigestReport.of(List.of(), 0);
  private long markedNanos = System.nanoTime();
  private boolean proposing;

  /**
   * @param every how often the leader has the tables compared while they change
   */
  Digests(
      ReplicatedLog raft,
      SessionTable table,
      Members members,
      NodeLoop loop,
      NodeTuning tuning,
      Duration every) {
    this.raft = raft;
    this.table = table;
    this.members = members;
    this.loop = loop;
    this.tuning = tuning;
    this.every = every;
  }

  /** What this member tells of its newest mark. */
  Notice.@Nullable Marked own() {
    List<TableMark> marks = table.marks();
    if (marks.isEmpty()) {
      return null;
    }
    TableMark newest = marks.get(marks.size() - 1);
    // The mark may have come with a snapshot, or another one since the line above.
    SortedMap<Scope, MarkedScopes.Marked> scopes =
        table
            .marked()
            .filter(found -> found.index() == newest.index())
            .map(MarkedScopes::scopes)
            .orElse(null);
    return new Notice.Marked(
        newest.index(), newest.digest(), scopes != null, scopes == null ? new TreeMap<>() : scopes);
  }

  /** How the members compare, from what they last told. */
  DigestReport now() {
    return shown;
  }

  private DigestReport report(long least) {
    return DigestReport.of(
        members.known().stream()
            .map(
                known ->
                    new DigestReport.Told(
                        known.member().name(),
                        known.member().reachable(),
                        known.member().role() == Role.LEADER,
                        known.notice() == null ? null : known.notice().marked()))
            .toList(),
        least);
  }

  static @Nullable Warning warning(DigestReport report) {
    return report.differs()
        ? WarningCode.DIGEST_DIFFERS.with(
            "members hold different tables at index " + report.index() + ": " + report.difference())
        : null;
  }

  /** Proposes a mark when it is time; to be called some times a second. */
  void tick(boolean leads) {
    DigestReport report = look();
    boolean due = System.nanoTime() - markedNanos >= every.toNanos();
    if (!leads || !due || proposing || !(changed() || report.differs())) {
      return;
    }
    markedNanos = System.nanoTime();
    proposing = true;
    var unused =
        mark()
            .whenComplete(
                (index, error) ->
                    loop.execute(
                        () -> {
                          proposing = false;
                          if (error != null) {
                            log.debug("no mark: {}", error.toString());
                          }
                        }));
  }

  /**
   * A difference that was seen stays until those who differed were compared again: between two
   * marks members tell of different ones for a moment.
   */
  private DigestReport look() {
    DigestReport before = shown;
    DigestReport now = report(0);
    boolean settled =
        now.members().stream()
            .filter(member -> before.isOff(member.name()))
            .noneMatch(member -> member.result() == DigestReport.Result.BEHIND);
    if (now.differs() || settled) {
      shown = now;
    }
    if (now.differs() && !before.differs()) {
      log.error("tables differ at index {}: {}", now.index(), now.difference());
    } else if (before.differs() && !shown.differs()) {
      log.info("tables do not differ at index {}", now.index());
    }
    return shown;
  }

  private boolean changed() {
    List<TableMark> marks = table.marks();
    return marks.isEmpty() || !marks.get(marks.size() - 1).digest().equals(table.digest());
  }

  /** The index of a new mark. */
  private CompletableFuture<Long> mark() {
    try {
      return raft.propose(EntryCodec.encode(new Entry.Mark(UUID.randomUUID())))
          .thenApply(committed -> committed.index());
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /**
   * Compares now: a new mark, and every member in reach is waited for until it tells of that.
   *
   * @return the comparison, perhaps without members that did not tell in time; or {@link
   *     LogUnavailableException} if no mark could be committed
   */
  CompletableFuture<DigestReport> compare() {
    long until = System.nanoTime() + tuning.commandMost().toNanos();
    CompletableFuture<DigestReport> done = new CompletableFuture<>();
    var unused =
        mark()
            .thenCompose(index -> table.awaitApplied(index).thenApply(applied -> index))
            .orTimeout(tuning.commandMost().toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS)
            .whenComplete(
                (index, error) -> {
                  if (error != null) {
                    done.completeExceptionally(unavailable(Cause.of(error)));
                  } else {
                    loop.execute(() -> await(index, until, done));
                  }
                });
    return done;
  }

  private static LogUnavailableException unavailable(Throwable cause) {
    return cause instanceof LogUnavailableException known
        ? known
        : new LogUnavailableException("no mark in the log: " + Cause.text(cause), cause);
  }

  private void await(long index, long untilNanos, CompletableFuture<DigestReport> done) {
    DigestReport report = report(index);
    if (!report.waits(index) || System.nanoTime() - untilNanos >= 0) {
      done.complete(report);
    } else {
      var unused =
          loop.schedule(tuning.noticeEvery().dividedBy(4), () -> await(index, untilNanos, done));
    }
  }
}
