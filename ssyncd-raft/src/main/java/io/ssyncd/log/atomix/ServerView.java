package io.ssyncd.log.atomix;

import io.atomix.protocols.raft.RaftServer;
import io.atomix.protocols.raft.cluster.RaftMember;
import io.atomix.protocols.raft.impl.RaftContext;
import io.atomix.protocols.raft.storage.snapshot.Snapshot;
import io.ssyncd.log.Role;
import java.util.List;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** What the outside is told of a Raft server, in words of the log rather than of Atomix. */
final class ServerView {
  private final RaftContext context;
  private final BooleanSupplier waits;
  private final LongSupplier ownSnapshot;
  private final LongAccumulator completeTo = new LongAccumulator(Math::max, 0);

  /**
   * @param waits whether the server has begun and has no place in a cluster yet
   * @param ownSnapshot index of the newest snapshot that this process has taken itself
   */
  ServerView(RaftContext context, BooleanSupplier waits, LongSupplier ownSnapshot) {
    this.context = context;
    this.waits = waits;
    this.ownSnapshot = ownSnapshot;
  }

  /** How it stands; on the server's thread. */
  View look() {
    RaftMember leader = context.getLeader();
    String name = leader == null ? null : leader.memberId().id();
    return new View(role(context.getRole(), name), name, context.getTerm());
  }

  /**
   * Whoever knows of no leader looks for one: that is a candidate to the outside. A leader that
   * hears of a newer term has that term, and perhaps its leader, before it changes its role: it
   * leads no more.
   */
  private Role role(RaftServer.Role role, @Nullable String leader) {
    return switch (role) {
      case LEADER -> {
        if (leader == null) {
          yield Role.CANDIDATE;
        }
        String self = context.getCluster().getMember().memberId().id();
        yield leader.equals(self) ? Role.LEADER : Role.FOLLOWER;
      }
      case CANDIDATE -> Role.CANDIDATE;
      case FOLLOWER, PROMOTABLE, PASSIVE -> leader == null ? Role.CANDIDATE : Role.FOLLOWER;
      case INACTIVE -> waits.getAsBoolean() ? Role.CANDIDATE : Role.INACTIVE;
    };
  }

  /**
   * The last index up to which the table is complete; entries of Raft's own count too. From any
   * thread.
   *
   * @param tableIndex the last index that the table has seen
   */
  long appliedIndex(long tableIndex) {
    long applied = context.getLastApplied();
    Snapshot snapshot = context.getSnapshotStore().getCurrentSnapshot();
    // Atomix passes over entries that a snapshot holds and reads it in with the entry after it.
    boolean complete =
        snapshot == null
            || applied > snapshot.index()
            || snapshot.index() <= ownSnapshot.getAsLong();
    // What was complete stays so: a snapshot that comes later only hides it.
    completeTo.accumulate(complete ? Math.max(applied, tableIndex) : tableIndex);
    return completeTo.get();
  }

  /** Names of the members that vote. From any thread. */
  List<String> voters() {
    return context.getCluster().getMembers().stream()
        .filter(member -> member.getType() == RaftMember.Type.ACTIVE)
        .map(member -> member.memberId().id())
        .toList();
  }
}
