package io.ssyncd.node;

import io.ssyncd.log.LogStatus;
import java.time.Duration;

/**
 * When this node last knew that its table was up to date, and how far that table was, over
 * restarts: how old the state is that {@code write --last-known} writes. Thread-safe.
 */
final class Freshness {
  private static final Duration KEEP_EVERY = Duration.ofSeconds(5);

  private final DataDirectory directory;
  private volatile long currentAtMs;
  private volatile long index;
  private volatile long keptAtMs;

  Freshness(DataDirectory directory) {
    this.directory = directory;
    this.currentAtMs = directory.currentAtMs().orElse(0);
    this.index = directory.currentIndex();
    // Nothing new yet: what an earlier process knew must not pass for what this one knows.
    this.keptAtMs = currentAtMs;
  }

  /**
   * Where the log stands now.
   *
   * @param tableIndex the last entry in the table
   */
  void note(LogStatus status, long tableIndex) {
    if (status.quorum() && status.appliedIndex() >= status.commitIndex()) {
      currentAtMs = System.currentTimeMillis();
      index = tableIndex;
    }
  }

  /** Writes it down, now and then; may wait for the disk. */
  void keep() {
    long current = currentAtMs;
    if (Math.abs(current - keptAtMs) >= KEEP_EVERY.toMillis()) {
      keptAtMs = current;
      directory.keepCurrent(current, index);
    }
  }

  /** Milliseconds since then; since 1970 if it never was. */
  long ageMs() {
    return Math.max(0, System.currentTimeMillis() - currentAtMs);
  }

  /** The last entry that was in the table then; 0 if it never was. */
  long index() {
    return index;
  }
}
