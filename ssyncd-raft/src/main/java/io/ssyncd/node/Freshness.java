package io.ssyncd.node;

import io.ssyncd.log.LogStatus;
import java.time.Duration;

/**
 * When this node last knew that its table was up to date, over restarts: how old the state is that
 * {@code write --last-known} writes. Thread-safe.
 */
final class Freshness {
  private static final Duration KEEP_EVERY = Duration.ofSeconds(5);

  private final DataDirectory directory;
  private volatile long currentAtMs;
  private volatile long keptAtMs;

  Freshness(DataDirectory directory) {
    this.directory = directory;
    this.currentAtMs = directory.currentAtMs().orElse(0);
    // Nothing new yet: what an earlier process knew must not pass for what this one knows.
    this.keptAtMs = currentAtMs;
  }

  /** A majority answers, and everything is applied. */
  void note(LogStatus status) {
    if (status.quorum() && status.appliedIndex() >= status.commitIndex()) {
      currentAtMs = System.currentTimeMillis();
    }
  }

  /** Writes it down, now and then; may wait for the disk. */
  void keep() {
    long current = currentAtMs;
    if (Math.abs(current - keptAtMs) >= KEEP_EVERY.toMillis()) {
      keptAtMs = current;
      directory.keepCurrent(current);
    }
  }

  /** Milliseconds since then; since 1970 if it never was. */
  long ageMs() {
    return Math.max(0, System.currentTimeMillis() - currentAtMs);
  }
}
