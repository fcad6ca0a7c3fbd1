package io.ssyncd.log.atomix;

import io.atomix.cluster.MemberId;
import io.atomix.protocols.raft.cluster.impl.RaftMemberContext;
import io.atomix.protocols.raft.impl.RaftContext;
import io.atomix.protocols.raft.storage.log.RaftLogReader;
import java.util.concurrent.CompletableFuture;

/**
 * Keeps from a leader the answers to what it asked before it began to count anew. Atomix counts the
 * appends that are under way to a member; it begins at none when it is elected, and when the member
 * becomes a voter, but counts down for whatever comes back, also for what was under way then: the
 * answer to an earlier reign, or that there was none. With a count below none it sends that member
 * nothing for as long as it leads; and a member that lacks entries cannot depose it.
 */
final class LateAnswers {
  private final RaftContext context;

  LateAnswers(RaftContext context) {
    this.context = context;
  }

  /**
   * The answer of a member, for whoever asks now; never told once the count has begun anew. On the
   * server's thread; completed there.
   */
  <T> CompletableFuture<T> withheld(MemberId member, CompletableFuture<T> answer) {
    RaftMemberContext state = context.getCluster().getMemberState(member);
    if (state == null) {
      return answer;
    }
    // With each new count Atomix opens a new reader.
    RaftLogReader count = state.getLogReader();
    CompletableFuture<T> told = new CompletableFuture<>();
    var unused =
        answer.whenCompleteAsync(
            (value, error) -> {
              if (state.getLogReader() != count) {
                return;
              }
              if (error == null) {
                told.complete(value);
              } else {
                told.completeExceptionally(error);
              }
            },
            context.getThreadContext());
    return told;
  }
}
