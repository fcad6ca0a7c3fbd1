package io.ssyncd.pound.standin;

/** A pound.cfg that Pound would refuse; the message names file and line. */
public final class PoundCfgException extends Exception {
  private static final long serialVersionUID = 1L;

  /** With what is wrong and where. */
  public PoundCfgException(String message) {
    super(message);
  }

  /** With what is wrong and where, and what was thrown. */
  public PoundCfgException(String message, Throwable cause) {
    super(message, cause);
  }
}
