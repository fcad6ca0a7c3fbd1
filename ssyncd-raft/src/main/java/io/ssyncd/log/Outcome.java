package io.ssyncd.log;

/** What the table made of an entry; the same on every member. The code is its byte on the wire. */
public enum Outcome {
  /** It took effect. */
  APPLIED(1),
  /** It had been applied before; nothing changed. */
  DUPLICATE(2),
  /** A batch of an epoch that is over, or of another ingester; nothing changed. */
  STALE_EPOCH(3),
  /** A batch whose predecessor is missing; nothing changed. */
  GAP(4),
  /** The entry could not be decoded; nothing changed. */
  MALFORMED(5);

  private final int code;

  Outcome(int code) {
    this.code = code;
  }

  /** The byte that stands for this outcome. */
  public int code() {
    return code;
  }

  /**
   * The outcome behind a code.
   *
   * @throws IllegalArgumentException for a code that no outcome has
   */
  public static Outcome ofCode(int code) {
    for (Outcome outcome : values()) {
      if (outcome.code == code) {
        return outcome;
      }
    }
    throw new IllegalArgumentException("no outcome has the code " + code);
  }
}
