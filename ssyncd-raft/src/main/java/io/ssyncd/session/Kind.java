package io.ssyncd.session;

import java.util.Locale;

/**
 * What a session is kept in: a Pound farm or a kernel table. The code is its byte on the wire and
 * on disk.
 */
public enum Kind {
  /** HTTP sessions of a Pound farm; a scope is a farm. */
  HTTP(1),
  /** Entries of the kernel's xt_recent tables; a scope is a table. */
  RECENT(2);

  private final int code;

  Kind(int code) {
    this.code = code;
  }

  /** The byte that stands for this kind in log entries and snapshots; never reused for another. */
  public int code() {
    return code;
  }

  /** The lower-case word that operators see and type: {@code http} or {@code recent}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The kind behind a code.
   *
   * @throws IllegalArgumentException for a code that no kind has
   */
  public static Kind ofCode(int code) {
    for (Kind kind : values()) {
      if (kind.code == code) {
        return kind;
      }
    }
    throw new IllegalArgumentException("no kind has the code " + code);
  }
}
