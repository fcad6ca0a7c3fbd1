package io.ssyncd.daemon.control;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ssyncd.node.ScopeReport;
import io.ssyncd.node.SyncNode;
import io.ssyncd.node.WriteReport;
import io.ssyncd.node.WriteReport.Result;
import io.ssyncd.node.WriteRequest;
import io.ssyncd.session.Scope;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;

/**
 * {@code write} on a node of a pair, as promotion scripts know it:
 *
 * <ul>
 *   <li>without a majority, which of two is both, it writes what this node knows, as {@code
 *       --last-known} does;
 *   <li>into the Pound that this node collects from nothing is written, and if that Pound holds
 *       what the cluster does, all is well;
 *   <li>where there is nothing to write, nothing has to be started.
 * </ul>
 */
final class PairWriteVerb implements Verb {
  private final SyncNode node;

  PairWriteVerb(SyncNode node) {
    this.node = node;
  }

  @Override
  public void answer(ObjectNode request, Reply reply) throws IOException, InterruptedException {
    try {
      WriteReport report = write(WriteVerb.wish(request));
      reply.result(WriteJson.exit(report), WriteJson.of(report));
    } catch (ExecutionException e) {
      throw new IllegalStateException("a write failed", e.getCause());
    }
  }

  private WriteReport write(WriteRequest wish) throws InterruptedException, ExecutionException {
    if (isNothing(wish)) {
      WriteReport none = node.write(wish).get();
      return none.result() == Result.REFUSED
          ? with(none, Result.OK, List.of(), "nothing of that kind is known: nothing to write")
          : none;
    }
    boolean asked = !wish.lastKnown() && !node.status().quorum();
    WriteReport report = node.write(asked ? lastKnown(wish) : wish).get();
    boolean failed = report.result() == Result.UNAVAILABLE && !report.lastKnown();
    if (failed && !node.status().quorum()) {
      report = node.write(lastKnown(wish)).get();
    }
    return report.result() == Result.NOT_WHILE_INGESTING ? compared(wish, report) : report;
  }

  /** Nothing is collected of that kind, and nothing is known. */
  private boolean isNothing(WriteRequest wish) {
    return wish.scope() == null
        && node.status().feeds().stream()
            .noneMatch(feed -> feed.started() && wish.kinds().contains(feed.feed().kind()))
        && node.table().counts().keySet().stream()
            .map(Scope::kind)
            .noneMatch(wish.kinds()::contains);
  }

  private static WriteRequest lastKnown(WriteRequest wish) {
    return new WriteRequest(wish.kinds(), wish.scope(), wish.dryRun(), true, wish.force());
  }

  private WriteReport compared(WriteRequest wish, WriteReport refused)
      throws InterruptedException, ExecutionException {
    WriteReport dry =
        node.write(new WriteRequest(wish.kinds(), wish.scope(), true, wish.lastKnown(), false))
            .get();
    boolean same =
        dry.result() == Result.OK
            && dry.scopes().stream().mapToLong(ScopeReport::applied).sum() == 0;
    return same
        ? with(
            dry,
            Result.OK,
            List.of(),
            "this node collects from that Pound, which holds all that is known: nothing was"
                + " written")
        : refused;
  }

  private static WriteReport with(
      WriteReport report, Result result, List<String> errors, String note) {
    List<String> notes = new ArrayList<>(report.notes());
    notes.add(note);
    return new WriteReport(
        result,
        false,
        report.lastKnown(),
        report.stateAgeMs(),
        report.node(),
        report.index(),
        report.term(),
        report.epoch(),
        report.durationMs(),
        report.scopes(),
        errors,
        notes);
  }
}
