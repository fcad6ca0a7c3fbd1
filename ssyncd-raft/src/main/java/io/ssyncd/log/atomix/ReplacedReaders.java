package io.ssyncd.log.atomix;

import io.atomix.protocols.raft.cluster.impl.RaftMemberContext;
import io.atomix.protocols.raft.impl.RaftContext;
import io.atomix.protocols.raft.storage.log.RaftLogReader;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Closes the readers that Atomix has put new ones in the place of. Whoever is elected opens a
 * reader of the log for each other member and forgets the one of its last reign: it stays open, and
 * is moved with each cut of the log, for as long as the process runs. On the server's thread.
 */
final class ReplacedReaders {
  private final RaftContext context;
  private final Map<RaftMemberContext, @Nullable RaftLogReader> inUse = new IdentityHashMap<>();

  ReplacedReaders(RaftContext context) {
    this.context = context;
  }

  void tick() {
    List<RaftMemberContext> members = context.getCluster().getRemoteMemberStates();
    for (RaftMemberContext member : members) {
      RaftLogReader now = member.getLogReader();
      RaftLogReader before = inUse.put(member, now);
      if (before != null && before != now) {
        before.close();
      }
    }
    // One who was taken out may still be answered; there are few.
    inUse.keySet().retainAll(members);
  }
}
