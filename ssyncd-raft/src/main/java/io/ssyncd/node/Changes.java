package io.ssyncd.node;

import io.ssyncd.log.LogStatus;
import io.ssyncd.log.ReplicatedLog;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells what changed about this node. A majority that is away for no longer than an election takes
 * was not lost. On the node's thread.
 */
final class Changes {
  private static final Logger log = LoggerFactory.getLogger(Changes.class);

  private final ReplicatedLog raft;
  private final Supplier<PromotionState.View> promotion;
  private final Duration hold;
  private final List<NodeChange.Listener> listeners;
  private @Nullable NodeState told;
  private boolean quorum;
  private long quorumSeenNanos = System.nanoTime();

  /**
   * @param hold for how long a majority may be away without being lost
   * @param listeners who hears; may grow
   */
  Changes(
      ReplicatedLog raft,
      Supplier<PromotionState.View> promotion,
      Duration hold,
      List<NodeChange.Listener> listeners) {
    this.raft = raft;
    this.promotion = promotion;
    this.hold = hold;
    this.listeners = listeners;
  }

  /** The state may have changed; to be called at every step of the promotion. */
  void look() {
    NodeState now = promotion.get().state();
    NodeState before = told;
    if (now != before) {
      told = now;
      tell(NodeChange.What.STATE, before);
    }
  }

  /** To be called some times within {@code hold}. */
  void tick(LogStatus status) {
    long now = System.nanoTime();
    if (status.quorum()) {
      quorumSeenNanos = now;
    }
    if (status.quorum() && !quorum) {
      quorum = true;
      tell(NodeChange.What.QUORUM_BACK, told);
    } else if (quorum && now - quorumSeenNanos >= hold.toNanos()) {
      quorum = false;
      tell(NodeChange.What.QUORUM_LOST, told);
    }
  }

  private void tell(NodeChange.What what, @Nullable NodeState previous) {
    PromotionState.View view = promotion.get();
    LogStatus status = raft.status();
    NodeChange change =
        new NodeChange(
            what,
            view.state(),
            previous,
            view.since(),
            status.term(),
            view.epoch(),
            status.leader(),
            status.quorum());
    for (NodeChange.Listener listener : listeners) {
      try {
        listener.changed(change);
      } catch (RuntimeException e) {
        log.error("{} failed on {} by a bug", listener, change.what(), e);
      }
    }
  }
}
