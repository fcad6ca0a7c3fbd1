package io.ssyncd.daemon.control;

/** Who asks may use the socket, but not for this: {@link Exit#NO_PERMISSION}. */
public final class NotPermittedException extends Exception {
  private static final long serialVersionUID = 1;

  NotPermittedException(String message) {
    super(message);
  }
}
