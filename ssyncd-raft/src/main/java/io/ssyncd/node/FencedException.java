package io.ssyncd.node;

/** The node lost the leadership that a write belonged to; the write stopped where it was. */
public final class FencedException extends Exception {
  private static final long serialVersionUID = 1L;

  /** With how far the write came. */
  public FencedException(String message) {
    super(message);
  }
}
