package io.ssyncd.log.atomix;

import io.atomix.cluster.MemberId;
import io.atomix.protocols.raft.RaftServer;
import io.atomix.protocols.raft.cluster.impl.RaftMemberContext;
import io.atomix.protocols.raft.impl.RaftContext;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * A leader that is asked for its place waits until the heir holds what it holds. Atomix' leader
 * waits for a majority only, and steps down for a member that lacks its newest entry; whoever holds
 * it does not vote for that one, and the place goes to somebody else, or to nobody for a while.
 */
final class Handover {
  private static final Duration POLL = Duration.ofMillis(10);

  private final RaftContext context;

  Handover(RaftContext context) {
    this.context = context;
  }

  /**
   * How long a leader waits for its heir: less than the heir waits for the answer, see {@link
   * Embedding#requestTimeout}, or the leader would step down for one that has given up.
   */
  static Duration patience(Duration electionTimeout) {
    return Embedding.requestTimeout(electionTimeout).multipliedBy(3).dividedBy(4);
  }

  /**
   * True once a member is known to hold all that this leader held when it was asked, or at once if
   * this one does not lead; false if that takes too long. From any thread.
   */
  CompletableFuture<Boolean> mayGoTo(MemberId heir) {
    CompletableFuture<Boolean> may = new CompletableFuture<>();
    context
        .getThreadContext()
        .execute(
            () -> {
              long end = context.getLogWriter().getLastIndex();
              long patience = patience(context.getElectionTimeout()).toNanos();
              look(heir, end, System.nanoTime() + patience, may);
            });
    return may;
  }

  private void look(MemberId heir, long end, long until, CompletableFuture<Boolean> may) {
    RaftMemberContext state = context.getCluster().getMemberState(heir);
    if (context.getRole() != RaftServer.Role.LEADER
        || state == null
        || state.getMatchIndex() >= end) {
      may.complete(true);
    } else if (System.nanoTime() - until >= 0) {
      may.complete(false);
    } else {
      var unused = context.getThreadContext().schedule(POLL, () -> look(heir, end, until, may));
    }
  }
}
