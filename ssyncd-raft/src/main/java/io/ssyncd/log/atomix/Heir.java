package io.ssyncd.log.atomix;

import io.atomix.cluster.MemberId;
import io.atomix.protocols.raft.RaftServer;
import io.atomix.protocols.raft.cluster.RaftMember;
import io.atomix.protocols.raft.impl.RaftContext;
import io.atomix.protocols.raft.protocol.RaftResponse;
import io.atomix.protocols.raft.protocol.TransferRequest;
import io.atomix.protocols.raft.protocol.TransferResponse;
import io.ssyncd.log.LogUnavailableException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A member that takes the leader's place: it asks the leader to step down, which the leader does
 * once a majority holds all that it holds, and stands for election at once.
 *
 * <p>Atomix' own way, {@code anoint}, does not ask if it knows of no leader. But one may have been
 * elected a moment ago and its first entry still be under way: the new term deposes it, and it does
 * not vote for who lacks its entry. A witness on a slow disk that hands leadership on as soon as it
 * has it, and the only member that could take it, did so to each other for ever. So the leader is
 * waited for first. Nor does the news of a leader that is about to step down count as the outcome.
 *
 * <p>An entry that the leader wrote at the last moment, a lost connection or somebody else's timer
 * can spoil an attempt; until the time is over another one is made, from the leader of then.
 */
final class Heir {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration PAUSE = Duration.ofMillis(50);

  private final RaftContext context;
  private final MemberId self;

  Heir(RaftContext context) {
    this.context = context;
    this.self = context.getCluster().getMember().memberId();
  }

  /**
   * Done once this member leads. From any thread.
   *
   * @return fails as the last attempt did: with {@link LogUnavailableException} if no leader shows,
   *     it does not step down, or another member is elected
   */
  CompletableFuture<Void> lead() {
    return lead(System.nanoTime() + PATIENCE.toNanos());
  }

  private CompletableFuture<Void> lead(long until) {
    return heard()
        .completeOnTimeout(false, until - System.nanoTime(), TimeUnit.NANOSECONDS)
        .thenComposeAsync(
            known -> known ? takeOver() : failed("no leader is known whose place to take"),
            context.getThreadContext())
        .exceptionallyCompose(
            error ->
                until - System.nanoTime() < PAUSE.toNanos()
                    ? CompletableFuture.failedFuture(error)
                    : afterPause().thenCompose(over -> lead(until)));
  }

  private static CompletableFuture<Void> afterPause() {
    return new CompletableFuture<Void>()
        .completeOnTimeout(null, PAUSE.toMillis(), TimeUnit.MILLISECONDS);
  }

  private CompletableFuture<Void> takeOver() {
    RaftMember leader = context.getLeader();
    if (leader == null) {
      return failed("the leader was lost");
    }
    if (leader.memberId().equals(self)) {
      return CompletableFuture.completedFuture(null);
    }
    return context
        .getProtocol()
        .transfer(leader.memberId(), TransferRequest.builder().withMember(self).build())
        .thenComposeAsync(answer -> stand(leader, answer), context.getThreadContext());
  }

  private CompletableFuture<Void> stand(RaftMember before, TransferResponse answer) {
    if (answer.status() != RaftResponse.Status.OK) {
      return failed(before.memberId() + " goes on leading: " + answer.error());
    }
    RaftMember now = context.getLeader();
    if (now != null && !now.memberId().equals(before.memberId())) {
      return failed(now.memberId() + " leads now");
    }
    if (context.getRole() != RaftServer.Role.FOLLOWER) {
      return failed("an election is under way");
    }
    context.transition(RaftServer.Role.CANDIDATE); // in a new term, which has no leader yet
    return heard()
        .thenCompose(
            known ->
                context.isLeader()
                    ? CompletableFuture.completedFuture(null)
                    : failed("another member was elected"));
  }

  /** Done with true once a leader is known. */
  private CompletableFuture<Boolean> heard() {
    CompletableFuture<Boolean> heard = new CompletableFuture<>();
    Consumer<RaftMember> listener = leader -> heard.complete(true);
    context.addLeaderElectionListener(listener);
    if (context.getLeader() != null) {
      heard.complete(true);
    }
    return heard.whenComplete((is, error) -> context.removeLeaderElectionListener(listener));
  }

  private static <T> CompletableFuture<T> failed(String why) {
    return CompletableFuture.failedFuture(new LogUnavailableException(why));
  }
}
