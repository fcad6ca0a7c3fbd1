package io.ssyncd.source.pound;

import io.ssyncd.session.HttpSession;
import org.jspecify.annotations.Nullable;

/**
 * A session that a Pound was seen to hold. Written by the thread that reads the link; {@link
 * #reported} and {@link #passedOver} belong to the source.
 */
public final class Mirrored {
  private volatile HttpSession session;
  private volatile long generation;

  /** How it was when it was not adopted; guarded by the source's lock. */
  @Nullable HttpSession passedOver;

  /** What the cluster was last told of it; guarded by the source's lock. */
  @Nullable HttpSession reported;

  Mirrored(HttpSession session, long generation) {
    this.session = session;
    this.generation = generation;
  }

  /** As Pound last told. */
  public HttpSession session() {
    return session;
  }

  /** The dump that was asked for last when Pound told it. */
  long generation() {
    return generation;
  }

  void seen(HttpSession now, long inGeneration) {
    session = now;
    generation = inGeneration;
  }
}
