package io.ssyncd.node;

import io.ssyncd.log.LogStatus;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What keepalived is told: ready, degraded, not ready, or to keep away. Ready is a leader whose
 * sinks are verified. A node that has no majority is degraded once its sinks hold what it knows: it
 * can serve, and nobody can serve better. On the node's thread.
 */
final class Readiness {
  private final String self;
  private final boolean witness;
  private final Duration deadline;
  private final NodeConfig.Gate gate;
  private boolean wrote;
  private @Nullable Long aloneSince;

  Readiness(NodeConfig config) {
    this.self = config.name();
    this.witness = config.witness();
    this.deadline = config.promotion().deadline();
    this.gate = config.promotion().gate();
  }

  /** An operator had written what this node holds, without a majority. */
  void lastKnownWritten() {
    wrote = true;
  }

  /** The number for the track file. */
  int value(Promotion.View view, LogStatus status, long nowNanos) {
    if (witness) {
      return TrackFile.NOT_READY;
    }
    String leader = status.leader();
    if (status.quorum() && leader != null && !leader.equals(self)) {
      // Somebody else's table is newer than what was written here.
      wrote = false;
    }
    wrote |= view.verified();
    boolean alone = !status.quorum();
    aloneSince = !alone ? null : aloneSince == null ? Long.valueOf(nowNanos) : aloneSince;
    if (alone && wrote) {
      return TrackFile.DEGRADED;
    }
    if (view.leads()) {
      return leading(view, nowNanos);
    }
    boolean waited = aloneSince != null && nowNanos - aloneSince >= deadline.toNanos();
    return waited ? TrackFile.NOT_READY : notReady();
  }

  private int leading(Promotion.View view, long nowNanos) {
    if (view.verified()) {
      return TrackFile.READY;
    }
    boolean late = nowNanos - view.electedNanos() >= deadline.toNanos();
    return late ? TrackFile.DEGRADED : notReady();
  }

  private int notReady() {
    return gate == NodeConfig.Gate.STRICT ? TrackFile.KEEP_AWAY : TrackFile.NOT_READY;
  }
}
