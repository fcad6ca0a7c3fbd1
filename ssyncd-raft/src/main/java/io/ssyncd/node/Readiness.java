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

  /** What keepalived is told, and why. */
  record Told(int value, String why) {}

  /** What this node holds was written without a majority. */
  void lastKnownWritten() {
    wrote = true;
  }

  /** Whether this node's sinks hold what it knows, and nobody is known to know more. */
  boolean wrote() {
    return wrote;
  }

  /**
   * What to tell.
   *
   * @param owes whether this node served without a majority and may know what the cluster does not
   * @param awaited whether another member does, which leads as soon as it can
   */
  Told value(
      PromotionState.View view, LogStatus status, boolean owes, boolean awaited, long nowNanos) {
    if (witness) {
      return new Told(TrackFile.NOT_READY, "a witness serves nobody");
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
      return new Told(TrackFile.DEGRADED, "no majority; the sinks hold what this node knew last");
    }
    if (owes && !view.verified()) {
      // The address is here, and so are the newest sessions.
      return new Told(TrackFile.DEGRADED, "it served without a majority and is to lead");
    }
    if (view.leads()) {
      return leading(view, awaited, nowNanos);
    }
    boolean waited = aloneSince != null && nowNanos - aloneSince >= deadline.toNanos();
    return waited
        ? new Told(TrackFile.NOT_READY, "no majority for longer than promotion.deadline")
        : notReady(alone ? "no majority, and nothing was written" : "another member leads");
  }

  private Told leading(PromotionState.View view, boolean awaited, long nowNanos) {
    boolean late = nowNanos - view.electedNanos() >= deadline.toNanos();
    if (view.verified() && (late || !awaited)) {
      return new Told(TrackFile.READY, "every sink was written and read back");
    }
    if (late) {
      return new Told(
          TrackFile.DEGRADED, "promotion.deadline passed, but not every sink is written");
    }
    if (view.verified()) {
      return notReady("a member that served without a majority is to lead");
    }
    return notReady(
        view.state() == NodeState.DRAINING ? "its reign is over" : "the sinks are being written");
  }

  private Told notReady(String why) {
    return new Told(
        gate == NodeConfig.Gate.STRICT ? TrackFile.KEEP_AWAY : TrackFile.NOT_READY, why);
  }
}
