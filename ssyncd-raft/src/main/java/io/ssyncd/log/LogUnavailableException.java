package io.ssyncd.log;

/**
 * The log could not say in time whether an entry was committed, or that it can serve a barrier. A
 * proposal that ends so <b>may still be committed later</b>: propose the same bytes again, or rely
 * on the table to refuse them.
 */
public final class LogUnavailableException extends Exception {
  private static final long serialVersionUID = 1L;

  /** With what was tried and for how long. */
  public LogUnavailableException(String message) {
    super(message);
  }

  /** With what was tried and why it failed. */
  public LogUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
