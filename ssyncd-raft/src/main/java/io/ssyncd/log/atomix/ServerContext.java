package io.ssyncd.log.atomix;

import io.atomix.cluster.ClusterMembershipService;
import io.atomix.cluster.MemberId;
import io.atomix.primitive.PrimitiveTypeRegistry;
import io.atomix.protocols.raft.impl.RaftContext;
import io.atomix.protocols.raft.protocol.RaftServerProtocol;
import io.atomix.protocols.raft.storage.RaftStorage;
import io.atomix.protocols.raft.utils.LoadMonitor;
import io.atomix.utils.concurrent.SingleThreadContext;
import io.atomix.utils.concurrent.ThreadContext;
import io.atomix.utils.concurrent.ThreadContextFactory;

/**
 * A Raft server that leaves its snapshots to {@link SnapshotTaker}. Atomix takes its own every 10 s
 * when a file of the log could be dropped, keeps them in memory for 10 to 20 s more before they
 * count, and keeps an incomplete one when the service fails. It puts them off while the load is
 * high; so the load is always high here.
 *
 * <p>Only when the disk is all but full it does not ask for the load.
 */
final class ServerContext extends RaftContext {
  /** Made and closed at once: the monitor wants a thread, and must not have one for long. */
  private final LoadMonitor always;

  ServerContext(
      String name,
      MemberId self,
      ClusterMembershipService membership,
      RaftServerProtocol protocol,
      RaftStorage storage,
      PrimitiveTypeRegistry types,
      ThreadContextFactory threads) {
    super(name, self, membership, protocol, storage, types, threads, true);
    ThreadContext idle = new SingleThreadContext("raft-load-" + name);
    always = new AlwaysHigh(idle);
    idle.close();
  }

  @Override
  public LoadMonitor getLoadMonitor() {
    return always;
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
