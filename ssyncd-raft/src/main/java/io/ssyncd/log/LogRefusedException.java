package io.ssyncd.log;

/**
 * The log refuses to start: its directory, its address or its cluster is not what the configuration
 * says. The message names which, and what to do. Trying again without a change is of no use.
 */
public final class LogRefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  /** With what is wrong and what to do. */
  public LogRefusedException(String message) {
    super(message);
  }

  /** With what is wrong, what to do, and the cause. */
  public LogRefusedException(String message, Throwable cause) {
    super(message, cause);
  }
}
