package io.ssyncd.node;

/** A saved table that is not to be restored here, though it is whole; nothing was changed. */
public final class RestoreRefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  RestoreRefusedException(String message) {
    super(message);
  }
}
