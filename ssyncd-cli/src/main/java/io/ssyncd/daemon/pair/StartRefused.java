package io.ssyncd.daemon.pair;

/** A pair's node does not start: an operator has to do something first, which the message says. */
public final class StartRefused extends Exception {
  private static final long serialVersionUID = 1L;

  private final int exit;

  StartRefused(int exit, String message) {
    super(message);
    this.exit = exit;
  }

  StartRefused(int exit, String message, Throwable cause) {
    super(message, cause);
    this.exit = exit;
  }

  /** What the daemon exits with. */
  public int exit() {
    return exit;
  }
}
