package io.ssyncd.log.atomix;

import io.atomix.protocols.raft.impl.RaftContext;
import io.atomix.protocols.raft.protocol.AppendRequest;
import io.atomix.protocols.raft.protocol.AppendResponse;
import io.atomix.protocols.raft.storage.snapshot.Snapshot;
import java.util.List;

/**
 * Lets no member apply entries without those before them. A leader that has dropped the beginning
 * of its log sends the rest as if the member had the snapshot before it. If the member has lost
 * that one, or has not applied what it held of the beginning, Atomix' follower drops what it has
 * and takes the rest for the whole: its table differs for ever, and nobody is told.
 *
 * <p>Here such a member takes the append for a sign of life alone, and answers that it has nothing;
 * a leader that hears this sends its snapshot again. Thread-safe.
 */
final class Gaps {
  private final RaftContext server;

  Gaps(RaftContext server) {
    this.server = server;
  }

  /** Whether this member lacks entries that an append takes for granted. */
  boolean before(AppendRequest request) {
    // A term of 0 says that the leader's log begins after that index.
    if (request.prevLogTerm() != 0 || request.prevLogIndex() == 0) {
      return false;
    }
    Snapshot snapshot = server.getSnapshotStore().getCurrentSnapshot();
    long held = Math.max(server.getLastApplied(), snapshot == null ? 0 : snapshot.index());
    return held < request.prevLogIndex();
  }

  /** The same sign of life, with nothing that touches the log. */
  static AppendRequest withoutEntries(AppendRequest request) {
    return AppendRequest.builder()
        .withTerm(request.term())
        .withLeader(request.leader())
        .withPrevLogIndex(0)
        .withPrevLogTerm(0)
        .withEntries(List.of())
        .withCommitIndex(0)
        .build();
  }

  /** The answer of a member that has nothing; one that refuses anyway is left as it is. */
  static AppendResponse nothing(AppendResponse answer) {
    return answer.succeeded()
        ? AppendResponse.builder()
            .withStatus(answer.status())
            .withTerm(answer.term())
            .withSucceeded(false)
            .withLastLogIndex(0)
            .build()
        : answer;
  }
}
