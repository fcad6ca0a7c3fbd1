package io.ssyncd.source.pound;

/**
 * A dump that has come to its end.
 *
 * @param generation its number on this link, rising
 * @param end how its end was found
 * @param liveness whether this Pound still tells what happens
 * @param atNanos when, by {@link System#nanoTime()}
 */
public record Dump(long generation, End end, Liveness liveness, long atNanos) {
  /** How the end of a dump was found; a dump has no end mark. */
  public enum End {
    /** Pound took a frame that was sent after it had taken the request: nothing is missing. */
    MARKER,
    /** Nothing came for a while; a slow Pound may still be about to send. */
    QUIET
  }

  /** Whether a Pound tells what happens. */
  public enum Liveness {
    /** It told of a session written just before the dump. */
    LIVE,
    /** It told something, or no session could be written; so what is absent proves nothing. */
    UNPROVEN,
    /** It kept silent about the session written just before: it hears, but does not tell. */
    DEAF
  }

  /** Whether what is absent in it is absent in Pound. */
  public boolean proves() {
    return liveness == Liveness.LIVE;
  }
}
