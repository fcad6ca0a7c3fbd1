package io.ssyncd.node;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The state that a promotion is in, and the steps that it may make from there. Changed on the
 * node's thread; read by any.
 */
final class PromotionState {
  private static final Logger log = LoggerFactory.getLogger(PromotionState.class);

  private final Runnable changed;
  private volatile View view = new View(NodeState.FOLLOWER, Instant.now(), false, 0, false, 0);

  /**
   * Where it stands, for readers.
   *
   * @param state of the promotion
   * @param since since when
   * @param leads whether this node leads
   * @param electedNanos since when
   * @param verified whether all sinks were written in this reign; stays until the reign ends
   * @param epoch of this reign; 0 if not open
   */
  record View(
      NodeState state,
      Instant since,
      boolean leads,
      long electedNanos,
      boolean verified,
      long epoch) {}

  /**
   * @param changed called on the node's thread when anything that is shown has changed
   */
  PromotionState(Runnable changed) {
    this.changed = changed;
  }

  View view() {
    return view;
  }

  NodeState now() {
    return view.state();
  }

  /**
   * Makes a step.
   *
   * @throws IllegalStateException if there is no such step
   */
  void to(NodeState next, String why, Facts facts) {
    NodeState before = now();
    if (!isStep(before, next)) {
      throw new IllegalStateException("no promotion goes from " + before + " to " + next);
    }
    log.info("{} -> {}: {}", before, next, why);
    show(next, facts);
  }

  /** Shows a state that was not come to by a step: the same one, of which something else is new. */
  void show(NodeState next, Facts facts) {
    Reign reign = facts.reign();
    view =
        new View(
            next,
            next == now() ? view.since() : Instant.now(),
            facts.leads(),
            reign == null ? System.nanoTime() : reign.electedNanos(),
            reign != null && facts.verified(),
            reign == null ? 0 : reign.epoch());
    changed.run();
  }

  /**
   * What is shown beside the state.
   *
   * @param leads whether this node leads
   * @param reign the present one; null if there is none
   * @param verified whether all its sinks were written
   */
  record Facts(boolean leads, @Nullable Reign reign, boolean verified) {}

  static boolean isStep(NodeState from, NodeState to) {
    return switch (from) {
      case FOLLOWER -> to == NodeState.ELECTED;
      case ELECTED -> to == NodeState.CAUGHT_UP || to == NodeState.DRAINING;
      case CAUGHT_UP -> to == NodeState.WRITING || to == NodeState.DRAINING;
      case WRITING ->
          to == NodeState.VERIFIED || to == NodeState.INGESTING || to == NodeState.DRAINING;
      case VERIFIED -> to == NodeState.INGESTING || to == NodeState.DRAINING;
      case INGESTING ->
          to == NodeState.VERIFIED || to == NodeState.WRITING || to == NodeState.DRAINING;
      case DRAINING -> to == NodeState.FOLLOWER || to == NodeState.ELECTED;
    };
  }
}
