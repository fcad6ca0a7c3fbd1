package io.ssyncd.source.pound;

import java.util.Locale;
import java.util.Optional;

/** By what a service knows its clients: {@code Type} of a Session block in pound.cfg. */
public enum SessionType {
  /** The service keeps no sessions. */
  NONE,
  /** The client's address. */
  IP,
  /** A cookie. */
  COOKIE,
  /** A parameter of the query. */
  URL,
  /** What follows a semicolon in the path. */
  PARM,
  /** The Authorization header: its key is user and password. */
  BASIC,
  /** Another header. */
  HEADER;

  /** Whether the Session block says which one, by an ID. */
  boolean hasId() {
    return this == COOKIE || this == URL || this == HEADER;
  }

  /** The type that pound.cfg names; empty for a word that Pound does not know. */
  static Optional<SessionType> named(String word) {
    for (SessionType type : values()) {
      if (type != NONE && type.name().equals(word.toUpperCase(Locale.ROOT))) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }
}
