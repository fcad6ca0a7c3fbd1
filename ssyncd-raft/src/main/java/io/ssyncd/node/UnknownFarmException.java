package io.ssyncd.node;

/** An operator named a farm that is neither configured, nor started or stopped, nor held. */
public final class UnknownFarmException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Names it, and those that are known. */
  public UnknownFarmException(String message) {
    super(message);
  }
}
