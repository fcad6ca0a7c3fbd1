package io.ssyncd.log;

/**
 * An entry of a version or a type that this release does not know: a newer member wrote it. It must
 * not be skipped, for other members apply it and their tables would differ from this one; a state
 * machine lets this exception pass, and the log halts the member. Remedy: run the newer release
 * here too.
 */
public final class UnsupportedEntryException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With what is not known. */
  public UnsupportedEntryException(String what) {
    super(what + ": written by a newer release, which this member needs too");
  }
}
