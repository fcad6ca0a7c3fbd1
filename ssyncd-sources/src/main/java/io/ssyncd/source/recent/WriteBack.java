package io.ssyncd.source.recent;

import java.time.Duration;

/**
 * Paces the requests to write tables back, so that a table that something keeps emptying does not
 * keep the node writing. Outlives a session; thread-safe.
 */
final class WriteBack {
  /** Between two requests. */
  static final Duration PAUSE = Duration.ofSeconds(10);

  private boolean requested;
  private long lastNanos;

  /** Whether a request may be made now, which then counts as made. */
  synchronized boolean request(long now) {
    if (requested && now - lastNanos < PAUSE.toNanos()) {
      return false;
    }
    requested = true;
    lastNanos = now;
    return true;
  }
}
