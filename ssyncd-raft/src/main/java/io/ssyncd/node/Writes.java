package io.ssyncd.node;

import io.ssyncd.log.LogStatus;
import io.ssyncd.log.ReplicatedLog;
import io.ssyncd.node.WriteReport.Result;
import io.ssyncd.session.Kind;
import io.ssyncd.session.Scope;
import io.ssyncd.table.TableView;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The writes that operators ask for: a barrier, so that what is written is what was committed; then
 * each sink, one after the other; then the report. Blocks its caller.
 */
final class Writes {
  private static final long BARRIER_SECONDS = 3;

  private final String node;
  private final ReplicatedLog replicated;
  private final TableView table;
  private final LocalEnds ends;
  private final LongSupplier stateAgeMs;

  /**
   * Writes of a node.
   *
   * @param stateAgeMs how long ago the node last knew that its table was current
   */
  Writes(
      String node,
      ReplicatedLog replicated,
      TableView table,
      LocalEnds ends,
      LongSupplier stateAgeMs) {
    this.node = node;
    this.replicated = replicated;
    this.table = table;
    this.ends = ends;
    this.stateAgeMs = stateAgeMs;
  }

  WriteReport write(WriteRequest request) {
    long began = System.nanoTime();
    List<String> errors = new ArrayList<>();
    List<LocalEnd> targets = targets(request);
    if (targets.isEmpty() && request.scope() != null) {
      errors.add(request.scope() + ": not configured and not started on this node");
      return report(request, Result.REFUSED, 0, began, List.of(), errors);
    }
    if (!request.lastKnown()) {
      String unavailable = barrier();
      if (unavailable != null) {
        errors.add(unavailable + "; --last-known writes what this node holds");
        return report(
            request, Result.UNAVAILABLE, stateAgeMs.getAsLong(), began, List.of(), errors);
      }
    }
    long age = request.lastKnown() ? stateAgeMs.getAsLong() : 0;
    List<ScopeReport> scopes = new ArrayList<>();
    int failed = 0;
    for (LocalEnd target : targets) {
      String error = write(target, request, scopes);
      if (error != null) {
        errors.add(error);
        failed++;
      }
    }
    return report(request, result(targets.size(), failed, scopes), age, began, scopes, errors);
  }

  private List<LocalEnd> targets(WriteRequest request) {
    Scope scope = request.scope();
    List<LocalEnd> targets = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      if (request.kinds().contains(kind)) {
        targets.addAll(scope == null ? ends.of(kind) : ends.covering(scope));
      }
    }
    return targets;
  }

  /** Null when this node has everything that was acknowledged before; else why not. */
  private @Nullable String barrier() {
    try {
      replicated.barrier().get(BARRIER_SECONDS, TimeUnit.SECONDS);
      return null;
    } catch (TimeoutException e) {
      return "the cluster did not answer within " + BARRIER_SECONDS + " s";
    } catch (ExecutionException e) {
      return "no barrier: " + (e.getCause() == null ? e : e.getCause()).getMessage();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "the node is stopping";
    }
  }

  /** Null when the target was written; else what kept it from that. */
  private @Nullable String write(LocalEnd target, WriteRequest request, List<ScopeReport> scopes) {
    if (target.feed().kind() == Kind.HTTP
        && target.ingesting()
        && !request.force()
        && !request.dryRun()) {
      return target.feed()
          + ": this node ingests from that Pound, which would lose changes meanwhile; --force"
          + " writes";
    }
    Scope scope = request.scope();
    WriteOrder order =
        new WriteOrder(
            table,
            scope == null ? Set.of() : Set.of(scope),
            request.dryRun(),
            request.force(),
            WriteOrder.Fence.NONE);
    try {
      scopes.addAll(target.write(order));
      return null;
    } catch (IOException | FencedException e) {
      return target.feed() + ": " + e.getMessage();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return target.feed() + ": the node is stopping";
    }
  }

  private static Result result(int targets, int failed, List<ScopeReport> scopes) {
    if (failed > 0) {
      return failed == targets ? Result.UNAVAILABLE : Result.PARTIAL;
    }
    return scopes.stream().allMatch(ScopeReport::complete) ? Result.OK : Result.PARTIAL;
  }

  private WriteReport report(
      WriteRequest request,
      Result result,
      long ageMs,
      long began,
      List<ScopeReport> scopes,
      List<String> errors) {
    LogStatus status = replicated.status();
    return new WriteReport(
        result,
        request.dryRun(),
        request.lastKnown(),
        ageMs,
        node,
        table.appliedIndex(),
        status.term(),
        table.epoch(),
        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began),
        scopes,
        errors);
  }
}
