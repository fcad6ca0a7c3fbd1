package io.ssyncd.log.atomix;

import io.atomix.cluster.MemberId;
import io.atomix.protocols.raft.impl.RaftContext;
import io.atomix.protocols.raft.protocol.AppendRequest;
import io.atomix.protocols.raft.protocol.AppendResponse;
import io.atomix.protocols.raft.protocol.ConfigureRequest;
import io.atomix.protocols.raft.protocol.ConfigureResponse;
import io.atomix.protocols.raft.protocol.RaftResponse;
import io.atomix.protocols.raft.storage.log.entry.RaftLogEntry;
import io.atomix.protocols.raft.storage.snapshot.Snapshot;
import io.atomix.storage.journal.Indexed;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * What this member is in its cluster: whether it has a place at all, whether it may vote and stand.
 * Asked by {@link GuardedProtocol} on any thread; looks on the server's.
 */
final class Standing {
  private final RaftContext context;
  private final Configurations configurations;
  private final Amnesia amnesia;
  private final BooleanSupplier outside;
  private final Gaps gaps;
  private final Overlap overlap;
  private final LateAnswers late;
  private final Handover handover;

  /**
   * @param outside whether the others say that this member is none
   */
  Standing(
      RaftContext context,
      Configurations configurations,
      Amnesia amnesia,
      BooleanSupplier outside) {
    this.context = context;
    this.configurations = configurations;
    this.amnesia = amnesia;
    this.outside = outside;
    this.gaps = new Gaps(context);
    this.overlap = new Overlap(context);
    this.late = new LateAnswers(context);
    this.handover = new Handover(context);
  }

  Configurations configurations() {
    return configurations;
  }

  Gaps gaps() {
    return gaps;
  }

  Overlap overlap() {
    return overlap;
  }

  LateAnswers late() {
    return late;
  }

  Handover handover() {
    return handover;
  }

  boolean inPlace() {
    return configurations.present();
  }

  boolean votesAlone() {
    return context.getCluster().getActiveMemberStates().isEmpty();
  }

  LastEntry end() {
    Indexed<RaftLogEntry> last = context.getLogWriter().getLastEntry();
    return last == null ? LastEntry.EMPTY : new LastEntry(last.entry().term(), last.index());
  }

  /** On the server's thread. */
  boolean mayStand() {
    LastEntry end = end();
    return !outside.getAsBoolean() && end.index() >= snapshotIndex() && amnesia.mayStand(end);
  }

  CompletableFuture<Boolean> mayVote(LastEntry candidate) {
    return onServer(
        () -> candidate.index() >= snapshotIndex() && amnesia.mayVote(end(), candidate));
  }

  /**
   * What the snapshot holds is committed, and this member's log may end before it: because it was
   * just sent the snapshot, or because the power went when the log was begun anew after it. Nobody
   * leads without it.
   */
  private long snapshotIndex() {
    Snapshot snapshot = context.getSnapshotStore().getCurrentSnapshot();
    return snapshot == null ? 0 : snapshot.index();
  }

  /** A follower's part: goes by the configuration as soon as it is in the log. */
  CompletableFuture<AppendResponse> appended(AppendRequest request, AppendResponse answer) {
    if (!ok(answer) || !answer.succeeded() || !Configurations.isIn(request.entries())) {
      return CompletableFuture.completedFuture(answer);
    }
    return onServer(
        () -> {
          configurations.takeUp(request);
          return answer;
        });
  }

  CompletableFuture<Boolean> mayConfigure(ConfigureRequest request) {
    return onServer(() -> configurations.mayTell(request.term()));
  }

  CompletableFuture<ConfigureResponse> configured(
      ConfigureRequest request, ConfigureResponse answer) {
    return onServer(
        () -> {
          configurations.goBackTo(request);
          configurations.keep();
          return answer;
        });
  }

  /** The leader's part: a follower that was emptied has to be sent the snapshot again. */
  CompletableFuture<AppendResponse> answered(MemberId member, AppendResponse answer) {
    if (!ok(answer) || answer.succeeded()) {
      return CompletableFuture.completedFuture(answer);
    }
    return onServer(
        () -> {
          configurations.forgetSnapshots(member, answer.lastLogIndex());
          return answer;
        });
  }

  <T> CompletableFuture<T> onServer(Supplier<T> task) {
    CompletableFuture<T> done = new CompletableFuture<>();
    context
        .getThreadContext()
        .execute(
            () -> {
              try {
                done.complete(task.get());
              } catch (RuntimeException e) {
                done.completeExceptionally(e);
              }
            });
    return done;
  }

  private static boolean ok(RaftResponse answer) {
    return answer.status() == RaftResponse.Status.OK;
  }
}
