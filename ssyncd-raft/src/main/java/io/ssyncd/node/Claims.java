package io.ssyncd.node;

import io.ssyncd.log.LogStatus;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Leadership follows the address: this node asks for it while the address is here, and not each
 * time that it flaps. On the node's thread, but for what is only asked.
 */
final class Claims {
  private final boolean follows;
  private final String self;
  private final Duration pause;
  private final Transfers transfers;
  private final HoldDown holdDown;
  private volatile long moves;
  private volatile @Nullable Warning warning;

  Claims(NodeConfig config, NodeTuning tuning, Transfers transfers) {
    NodeConfig.Following following = config.promotion().following();
    this.follows = following.leadership() && !config.witness();
    this.self = config.name();
    this.pause = following.holdDown();
    this.transfers = transfers;
    this.holdDown = new HoldDown(tuning.settle(), following.holdDown());
  }

  @Nullable Warning warning() {
    return warning;
  }

  /** How often the address came to this host or left it. */
  long moves() {
    return moves;
  }

  /**
   * To be called some times a second, and when the address has moved.
   *
   * @param holds whether the address is known to be here
   */
  void tick(LogStatus status, boolean holds) {
    long now = System.nanoTime();
    holdDown.look(holds, now);
    moves = holdDown.moves();
    warning =
        holdDown.flaps()
            ? WarningCode.VIP_FLAPS.with(
                "the address comes to this host and leaves it again and again; leadership follows"
                    + " only when it has stayed for "
                    + pause.toMillis()
                    + " ms; keepalived's log says why")
            : null;
    if (follows && holdDown.isFollowed(now) && isLedByAnother(status)) {
      transfers.ask(self, "the address is here", pause);
    }
  }

  private boolean isLedByAnother(LogStatus status) {
    String leader = status.leader();
    return status.quorum() && leader != null && !leader.equals(self);
  }
}
