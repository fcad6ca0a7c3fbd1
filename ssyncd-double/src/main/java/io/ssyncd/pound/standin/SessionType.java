package io.ssyncd.pound.standin;

/** How a service of Pound finds the session key in a request ({@code Session ... Type}). */
public enum SessionType {
  /** No {@code Session} block: the service keeps no sessions and the sweep passes it by. */
  NONE,
  IP,
  COOKIE,
  URL,
  PARM,
  BASIC,
  HEADER;

  /** Whether the block must have an {@code ID}. */
  public boolean needsId() {
    return this == COOKIE || this == URL || this == HEADER;
  }
}
