package io.ssyncd.node;

/**
 * What a write belonged to is over, and it stopped where it was: the node lost its leadership; or,
 * of a write that keeps a follower current, it no longer follows, or its Pound may have traffic.
 */
public final class FencedException extends Exception {
  private static final long serialVersionUID = 1L;

  /** With how far the write came. */
  public FencedException(String message) {
    super(message);
  }
}
