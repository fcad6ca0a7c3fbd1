package io.ssyncd.source.pound;

/** A pound.cfg that cannot be read; the message is {@code file:line: what}. */
public final class FarmConfigException extends Exception {
  private static final long serialVersionUID = 1L;

  /** With file, line and what is wrong there. */
  public FarmConfigException(String message) {
    super(message);
  }
}
