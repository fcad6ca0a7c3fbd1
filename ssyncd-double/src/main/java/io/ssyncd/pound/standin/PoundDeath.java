package io.ssyncd.pound.standin;

/** Something that kills the worker of the real Pound; the message says what it was. */
final class PoundDeath extends Exception {
  private static final long serialVersionUID = 1L;

  PoundDeath(String reason) {
    super(reason);
  }
}
