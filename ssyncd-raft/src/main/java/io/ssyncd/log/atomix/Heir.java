package io.ssyncd.log.atomix;

import io.atomix.cluster.MemberId;
import io.atomix.protocols.raft.RaftError;
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
import org.jspecify.annotations.Nullable;

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
 * can spoil an attempt; until the time is over another one is made, from the leader of then. Not
 * from one that was elected after the place was handed over, unless it is the one that did so: the
 * others have chosen another heir, and nobody asked this one to depose that.
 */
final class Heir {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration PAUSE = Duration.ofMillis(50);

  private final RaftContext context;
  private final Duration patience;
  private final MemberId self;

  /** Who stepped down for this member; the server's thread alone. */
  private @Nullable MemberId former;

  /** Another member has the place; there is nothing more to try. */
  private volatile boolean passedOver;

  Heir(RaftContext context) {
    this(context, PATIENCE);
  }

  /**
   * @param patience for how long it tries
   */
  Heir(RaftContext context, Duration patience) {
    this.context = context;
    this.patience = patience;
    this.self = context.getCluster().getMember().memberId();
  }

  /**
   * Done once this member leads. From any thread, once.
   *
   * @return fails as the last attempt did: with {@link LogUnavailableException} if no leader shows,
   *     it does not step down, or another member is elected, or none
   */
  CompletableFuture<Void> lead() {
    return lead(System.nanoTime() + patience.toNanos());
  }

  private CompletableFuture<Void> lead(long until) {
    return heard(until)
        .thenComposeAsync(
            known -> known ? takeOver(until) : failed("no leader is known whose place to take"),
            context.getThreadContext())
        .exceptionallyCompose(
            error ->
                passedOver || until - System.nanoTime() < PAUSE.toNanos()
                    ? CompletableFuture.failedFuture(error)
                    : afterPause().thenCompose(over -> lead(until)));
  }

  private static CompletableFuture<Void> afterPause() {
    return new CompletableFuture<Void>()
        .completeOnTimeout(null, PAUSE.toMillis(), TimeUnit.MILLISECONDS);
  }

  private CompletableFuture<Void> takeOver(long until) {
    RaftMember leader = context.getLeader();
    if (leader == null) {
      return failed("the leader was lost");
    }
    if (leader.memberId().equals(self)) {
      return CompletableFuture.completedFuture(null);
    }
    if (former != null && !leader.memberId().equals(former)) {
      passedOver = true;
      return failed(leader.memberId() + " was elected instead of it, in term " + context.getTerm());
    }
    return context
        .getProtocol()
        .transfer(leader.memberId(), TransferRequest.builder().withMember(self).build())
        .thenComposeAsync(answer -> stand(leader, answer, until), context.getThreadContext());
  }

  private CompletableFuture<Void> stand(RaftMember before, TransferResponse answer, long until) {
    if (answer.status() != RaftResponse.Status.OK) {
      return failed(before.memberId() + " goes on leading: " + why(answer.error()));
    }
    former = before.memberId();
    RaftMember now = context.getLeader();
    if (now != null && !now.memberId().equals(before.memberId())) {
      return failed(now.memberId() + " leads now");
    }
    if (context.getRole() != RaftServer.Role.FOLLOWER) {
      return failed("an election is under way");
    }
    context.transition(RaftServer.Role.CANDIDATE); // in a new term, which has no leader yet
    return heard(until).thenComposeAsync(this::elected, context.getThreadContext());
  }

  private CompletableFuture<Void> elected(boolean known) {
    if (context.isLeader()) {
      return CompletableFuture.completedFuture(null);
    }
    return failed(known ? "another member was elected" : "nobody was elected in time");
  }

  /** Done with true once a leader is known, with false if none is until then. */
  private CompletableFuture<Boolean> heard(long until) {
    CompletableFuture<Boolean> heard = new CompletableFuture<>();
    Consumer<RaftMember> listener = leader -> heard.complete(true);
    context.addLeaderElectionListener(listener);
    if (context.getLeader() != null) {
      heard.complete(true);
    }
    var unused = heard.whenComplete((is, error) -> context.removeLeaderElectionListener(listener));
    return heard.completeOnTimeout(false, until - System.nanoTime(), TimeUnit.NANOSECONDS);
  }

  /** For operators: Atomix' word only where there is no text. */
  private static String why(RaftError error) {
    return error.message() == null ? String.valueOf(error.type()) : error.message();
  }

  private static <T> CompletableFuture<T> failed(String why) {
    return CompletableFuture.failedFuture(new LogUnavailableException(why));
  }
}
