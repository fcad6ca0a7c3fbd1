package io.ssyncd.log.atomix;

import io.atomix.protocols.raft.impl.RaftContext;
import io.atomix.protocols.raft.protocol.AppendRequest;
import io.atomix.protocols.raft.storage.log.entry.RaftLogEntry;
import java.util.List;

/**
 * Keeps from a log the entries before its beginning, which a leader sends that has kept more of its
 * own: when this member's log is empty, or it said so. Atomix would put them where its log begins,
 * under indexes that are not theirs, or compare them with entries that are not the same, and refuse
 * for ever. This member has applied them, or has the snapshot after them; {@link Gaps} sees to
 * that. Thread-safe.
 */
final class Overlap {
  private final RaftContext server;

  Overlap(RaftContext server) {
    this.server = server;
  }

  /** How many of the entries of an append come before this member's log. */
  int of(AppendRequest request) {
    // A term of 0 says that the leader's log begins after that index.
    if (request.prevLogTerm() != 0 || request.entries().isEmpty()) {
      return 0;
    }
    long before = server.getLogReader().getFirstIndex() - 1 - request.prevLogIndex();
    return (int) Math.max(0, Math.min(before, request.entries().size()));
  }

  /** The same append without its first entries. */
  static AppendRequest without(AppendRequest request, int entries) {
    List<RaftLogEntry> rest = request.entries().subList(entries, request.entries().size());
    return AppendRequest.builder()
        .withTerm(request.term())
        .withLeader(request.leader())
        .withPrevLogIndex(request.prevLogIndex() + entries)
        .withPrevLogTerm(0)
        .withEntries(rest)
        .withCommitIndex(request.commitIndex())
        .build();
  }
}
