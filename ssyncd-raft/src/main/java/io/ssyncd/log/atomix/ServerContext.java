package io.ssyncd.log.atomix;

import io.atomix.cluster.ClusterMembershipService;
import io.atomix.cluster.MemberId;
import io.atomix.primitive.PrimitiveTypeRegistry;
import io.atomix.protocols.raft.impl.RaftContext;
import io.atomix.protocols.raft.protocol.RaftServerProtocol;
import io.atomix.protocols.raft.storage.RaftStorage;
import io.atomix.protocols.raft.storage.log.RaftLogWriter;
import io.atomix.protocols.raft.storage.snapshot.SnapshotStore;
import io.atomix.protocols.raft.storage.system.MetaStore;
import io.atomix.protocols.raft.utils.LoadMonitor;
import io.atomix.utils.concurrent.SingleThreadContext;
import io.atomix.utils.concurrent.ThreadContext;
import io.atomix.utils.concurrent.ThreadContextFactory;
import io.ssyncd.log.atomix.disk.SegmentFiles;
import io.ssyncd.log.atomix.disk.VoteLedger;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A Raft server that keeps its votes in a {@link VoteLedger} and its snapshots in {@link
 * SyncedSnapshots}, who the members are in a {@link ConfigurationStore}, and leaves it to {@link
 * SnapshotTaker} to take them. Atomix takes its own every 10 s when a file of the log could be
 * dropped, keeps them in memory for 10 to 20 s more before they count, and keeps an incomplete one
 * when the service fails. It puts them off while the load is high; so the load is always high here.
 *
 * <p>Only when the disk is all but full it does not ask for the load.
 *
 * <p>Atomix asks for its last vote here before it gives another, and says here whom it votes for
 * before the answer leaves, or before it asks others to vote for itself. A poll is no vote.
 */
final class ServerContext extends RaftContext {
  /** Made and closed at once: the monitor wants a thread, and must not have one for long. */
  private final LoadMonitor always;

  private final VoteLedger votes;
  private final Halt halt;
  private final @Nullable GuardedLogWriter writer;
  private final @Nullable SyncedSnapshots snapshots;
  private final @Nullable ConfigurationStore members;

  ServerContext(
      String name,
      MemberId self,
      ClusterMembershipService membership,
      RaftServerProtocol protocol,
      RaftStorage storage,
      PrimitiveTypeRegistry types,
      ThreadContextFactory threads,
      VoteLedger votes,
      GuardedLogWriter.Guards guards) {
    super(name, self, membership, protocol, storage, types, threads, true);
    this.votes = votes;
    this.halt = guards.halt();
    try {
      this.writer =
          new GuardedLogWriter(super.getLogWriter(), getLogReader(), this::getCommitIndex, guards);
    } catch (IOException e) {
      close();
      throw new UncheckedIOException(e);
    }
    Path directory = storage.directory().toPath();
    this.snapshots =
        new SyncedSnapshots(storage, () -> SegmentFiles.syncDirectory(directory), halt);
    this.members = new ConfigurationStore(storage);
    ThreadContext idle = new SingleThreadContext("raft-load-" + name);
    always = new AlwaysHigh(idle);
    idle.close();
  }

  @Override
  public LoadMonitor getLoadMonitor() {
    return always;
  }

  @Override
  public RaftLogWriter getLogWriter() {
    return writer == null ? super.getLogWriter() : writer; // null while Atomix constructs itself
  }

  @Override
  public SnapshotStore getSnapshotStore() {
    return snapshots == null ? super.getSnapshotStore() : snapshots;
  }

  @Override
  public MetaStore getMetaStore() {
    return members == null ? super.getMetaStore() : members;
  }

  @Override
  public void close() {
    super.close();
    if (members != null) {
      members.close();
    }
  }

  @Override
  public @Nullable MemberId getLastVotedFor() {
    String candidate = votes.vote(getTerm());
    return candidate == null ? null : MemberId.from(candidate);
  }

  @Override
  public void setLastVotedFor(MemberId candidate) {
    long term = getTerm();
    try {
      if (!votes.cast(term, candidate.id())) {
        String why = "a second vote in term " + term + " was about to be given";
        throw halt.now(why, new IllegalStateException(why));
      }
    } catch (IOException e) {
      throw halt.now("a vote could not be written to the disk: " + e, e);
    }
    super.setLastVotedFor(candidate);
  }

  private static final class AlwaysHigh extends LoadMonitor {
    AlwaysHigh(ThreadContext thread) {
      super(1, 1, thread);
    }

    @Override
    public void recordEvent() {}

    @Override
    public boolean isUnderHighLoad() {
      return true;
    }
  }
}
