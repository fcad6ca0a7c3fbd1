package io.ssyncd.node;

import io.ssyncd.log.LogStatus;
import io.ssyncd.log.ReplicatedLog;
import io.ssyncd.node.WriteReport.Result;
import io.ssyncd.session.Feed;
import io.ssyncd.table.TableView;
import java.util.ArrayList;
import java.util.List;

/** The report of an operator's write, in the making. Used by one thread. */
final class WriteDraft {
  private final WriteRequest request;
  private final String node;
  private final ReplicatedLog raft;
  private final TableView table;
  private final Freshness freshness;
  private final long beganNanos = System.nanoTime();
  private final List<ScopeReport> reports = new ArrayList<>();
  private final List<String> errors = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private boolean refusedWhileIngesting;
  private boolean failed;
  private long index;
  private long term;
  private long epoch;
  private long ageMs;

  WriteDraft(
      WriteRequest request, String node, ReplicatedLog raft, TableView table, Freshness freshness) {
    this.request = request;
    this.node = node;
    this.raft = raft;
    this.table = table;
    this.freshness = freshness;
    begin();
  }

  WriteRequest request() {
    return request;
  }

  /** The state that is written begins here. */
  void begin() {
    LogStatus status = raft.status();
    index = table.appliedIndex();
    epoch = table.epoch();
    term = status.term();
    ageMs = request.lastKnown() ? age() : 0;
  }

  /**
   * Whether there is anything to write without asking the cluster. A node that was started without
   * a majority has read its last snapshot and no more: how much of the log behind it was committed
   * only a majority can tell.
   */
  boolean isAnythingKnown() {
    if (table.appliedIndex() == 0) {
      error(
          "this node knows of nothing yet: since its start no majority has told it how much of its"
              + " log is committed, and there is no snapshot to go by; nothing was written");
      return false;
    }
    if (isBehind()) {
      error(
          "not all that this node knew: it holds entry "
              + table.appliedIndex()
              + ", and had applied entry "
              + freshness.index()
              + " before it was started; what came between is read once a majority is in reach");
    }
    return true;
  }

  private boolean isBehind() {
    return table.appliedIndex() < freshness.index();
  }

  private long age() {
    long known = freshness.ageMs();
    long snapshotAtMs = isBehind() ? raft.figures().snapshotAtMs() : 0;
    return snapshotAtMs == 0 ? known : Math.max(known, System.currentTimeMillis() - snapshotAtMs);
  }

  void add(List<ScopeReport> more) {
    reports.addAll(more);
  }

  /** What kept a sink from being written, or from being written whole. */
  void error(String text) {
    errors.add(text);
    failed = true;
  }

  /** The process behind that feed is the one that this node collects from. */
  void refusedWhileIngesting(Feed feed) {
    errors.add(
        feed
            + ": refused, for this node leads and collects from that Pound: it holds what its"
            + " traffic made of it, and tells nothing of its traffic while it is written; sessions"
            + " would be lost (--force writes all the same)");
    refusedWhileIngesting = true;
  }

  /**
   * The report of a write that has come to its end.
   *
   * @param wrote whether any sink was written, or looked at
   */
  WriteReport end(boolean wrote) {
    if (table.epoch() != epoch) {
      notes.add(
          "epoch "
              + table.epoch()
              + " was opened meanwhile: what this report says is of epoch "
              + epoch
              + "; write again for what came since");
    }
    if (!wrote) {
      boolean refused = refusedWhileIngesting && !failed;
      return report(refused ? Result.NOT_WHILE_INGESTING : Result.UNAVAILABLE);
    }
    boolean complete = errors.isEmpty() && reports.stream().allMatch(ScopeReport::complete);
    return report(complete ? Result.OK : Result.PARTIAL);
  }

  WriteReport report(Result result) {
    return new WriteReport(
        result,
        request.dryRun(),
        request.lastKnown(),
        ageMs,
        node,
        index,
        term,
        epoch,
        (System.nanoTime() - beganNanos) / 1_000_000,
        reports,
        errors,
        notes);
  }
}
