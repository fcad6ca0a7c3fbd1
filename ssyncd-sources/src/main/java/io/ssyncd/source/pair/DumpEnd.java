package io.ssyncd.source.pair;

import java.time.Duration;

/**
 * When the answer to a request is over, which has no mark at its end. The original answers in one
 * go: entries, then sessions, all of them as additions, and tells of what happens meanwhile
 * afterwards. So it is over when something came that no answer holds; or when nothing came for
 * {@link #QUIET}. Neither counts in the first {@link #QUIET}: the original looks for requests every
 * 0.6 s, and tells of what happens before it sees ours.
 *
 * <p>Not thread-safe.
 */
public final class DumpEnd {
  /** A silence of so long is an end. */
  static final Duration QUIET = Duration.ofSeconds(3);

  /** How it showed. */
  public enum How {
    /** It has not. */
    NOT_YET,
    /** Nothing came for a while. */
    QUIET,
    /** Something came that is no part of an answer. */
    NEWS
  }

  private final long quietNanos;
  private long askedNanos;
  private long lastNanos;
  private boolean sessions;
  private How how = How.NOT_YET;

  DumpEnd(Duration quiet) {
    this.quietNanos = quiet.toNanos();
  }

  /** A request was made. */
  void asked(long nanos) {
    askedNanos = nanos;
    lastNanos = nanos;
    sessions = false;
    how = How.NOT_YET;
  }

  /** A frame came. */
  void frame(PairFrame frame, long nanos) {
    lastNanos = nanos;
    if (how == How.NOT_YET && !isPart(frame) && nanos - askedNanos >= quietNanos) {
      how = How.NEWS;
    }
  }

  private boolean isPart(PairFrame frame) {
    if (frame instanceof PairFrame.Session session) {
      sessions = true;
      return session.added();
    }
    if (frame instanceof PairFrame.Entry) {
      return !sessions;
    }
    return frame instanceof PairFrame.Refused || frame instanceof PairFrame.Other;
  }

  /** Looks at the time. */
  How now(long nanos) {
    if (how == How.NOT_YET && nanos - lastNanos >= quietNanos) {
      how = How.QUIET;
    }
    return how;
  }

  How how() {
    return how;
  }
}
