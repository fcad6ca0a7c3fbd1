package io.ssyncd.ctl;

/** The daemon did not answer, or said no. */
final class ControlException extends Exception {
  private static final long serialVersionUID = 1L;

  /** No daemon listens at the socket. */
  static final String NOT_RUNNING = "not-running";

  /** The daemon said no. */
  static final String REFUSED = "refused";

  private final int exit;
  private final String code;

  ControlException(int exit, String code, String message) {
    super(message);
    this.exit = exit;
    this.code = code;
  }

  int exit() {
    return exit;
  }

  /** In JSON: a word for scripts. */
  String code() {
    return code;
  }
}
