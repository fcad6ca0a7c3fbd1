package io.ssyncd.node;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something about a node changed.
 *
 * @param what did
 * @param state where its promotion stands now
 * @param previous where it stood before; null at the node's start, and {@code state} if that did
 *     not change
 * @param since since when it stands there
 * @param term the current term
 * @param epoch of this node's reign; 0 outside one
 * @param leader the leader's name; null if none is known
 * @param quorum whether a majority is in reach
 */
public record NodeChange(
    What what,
    NodeState state,
    @Nullable NodeState previous,
    Instant since,
    long term,
    long epoch,
    @Nullable String leader,
    boolean quorum) {

  /** What can change. */
  public enum What {
    /** The state of the promotion; the first one is told as well. */
    STATE,
    /** No majority has been in reach for a while: longer than an election takes. */
    QUORUM_LOST,
    /** A majority is in reach: for the first time, or again. */
    QUORUM_BACK
  }

  /** Hears of changes, in their order, on the node's thread: must return at once. */
  @FunctionalInterface
  public interface Listener {
    /** Something changed. */
    void changed(NodeChange change);
  }
}
