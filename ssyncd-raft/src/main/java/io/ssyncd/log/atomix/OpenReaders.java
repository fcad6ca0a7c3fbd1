package io.ssyncd.log.atomix;

import io.atomix.protocols.raft.cluster.impl.RaftMemberContext;
import io.atomix.protocols.raft.impl.RaftContext;
import io.atomix.protocols.raft.storage.log.RaftLogReader;

/**
 * Drops files of the log without leaving a reader in one of them. Atomix moves the readers that are
 * behind the first file that stays; one that has read the last entry before it stays where it is,
 * in a file that is closed: whoever reads with it next fails, for good if it is always asked for
 * the same entry. On the server's thread.
 */
final class OpenReaders {
  private OpenReaders() {}

  /** Drops the files that hold only entries before an index. */
  static void compact(RaftContext context, long index) {
    // Whoever looks for a next entry goes into its file.
    look(context.getLogReader());
    for (RaftMemberContext member : context.getCluster().getRemoteMemberStates()) {
      look(member.getLogReader());
    }
    context.getLog().compact(index);
  }

  private static void look(RaftLogReader reader) {
    boolean unused = reader.hasNext();
  }
}
