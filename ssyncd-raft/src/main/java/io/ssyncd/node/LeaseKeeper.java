package io.ssyncd.node;

import io.ssyncd.log.LogStatus;
import io.ssyncd.log.ReplicatedLog;
import io.ssyncd.log.Role;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Renews the lease of a reign while a majority answers. A tick that comes late means that this
 * process stood still (SIGSTOP, a long collection, a sleeping host): what it thinks it knows of the
 * cluster may be old, so that the lease is renewed only after a barrier. On the node's thread.
 */
final class LeaseKeeper {
  private static final Logger log = LoggerFactory.getLogger(LeaseKeeper.class);

  private final ReplicatedLog raft;
  private final NodeLoop loop;
  private final Duration lease;
  private long lastTick = System.nanoTime();
  private @Nullable Reign doubted;
  private boolean asking;

  LeaseKeeper(ReplicatedLog raft, NodeLoop loop, Duration lease) {
    this.raft = raft;
    this.loop = loop;
    this.lease = lease;
  }

  /** To be called several times a lease. */
  void tick(LogStatus status, @Nullable Reign reign) {
    long now = System.nanoTime();
    long gap = now - lastTick;
    lastTick = now;
    if (reign == null || status.role() != Role.LEADER || status.term() != reign.term()) {
      return;
    }
    if (gap > lease.toNanos()) {
      log.warn("this process stood still for {} ms while it led", gap / 1_000_000);
      doubted = reign;
    }
    if (reign.equals(doubted)) {
      ask(reign);
    } else if (status.quorum()) {
      reign.renew(now + lease.toNanos());
    }
  }

  private void ask(Reign reign) {
    if (asking) {
      return;
    }
    asking = true;
    var unused =
        raft.barrier()
            .whenComplete(
                (index, error) ->
                    loop.execute(
                        () -> {
                          asking = false;
                          if (error == null && reign.equals(doubted)) {
                            doubted = null;
                          }
                        }));
  }
}
