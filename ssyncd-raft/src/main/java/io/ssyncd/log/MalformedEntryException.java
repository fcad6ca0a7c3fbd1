package io.ssyncd.log;

/**
 * Bytes that are no entry: cut short, a length beyond its bound, a name that is none, bytes left
 * over. Every member finds the same fault in the same bytes, so the entry can be skipped.
 */
public final class MalformedEntryException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int offset;

  /**
   * With where and what.
   *
   * @param offset of the byte at which the fault was seen
   * @param what what is wrong there; no keys, they may be secrets
   */
  public MalformedEntryException(int offset, String what) {
    super(what + ", at byte " + offset);
    this.offset = offset;
  }

  /** With where, what, and the refusal of the value's own constructor. */
  MalformedEntryException(int offset, IllegalArgumentException refusal) {
    super(refusal.getMessage() + ", before byte " + offset, refusal);
    this.offset = offset;
  }

  /** The byte at which the fault was seen, counted from 0. */
  public int offset() {
    return offset;
  }
}
