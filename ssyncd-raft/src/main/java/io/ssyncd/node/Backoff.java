package io.ssyncd.node;

import java.time.Duration;

/** Pauses that double from a first to a longest one. Used by one thread. */
final class Backoff {
  private final Duration first;
  private final Duration most;
  private Duration next;

  Backoff(Duration first, Duration most) {
    this.first = first;
    this.most = most;
    this.next = first;
  }

  /** The pause to make now; the next one is twice as long. */
  Duration next() {
    Duration now = next;
    Duration twice = now.multipliedBy(2);
    next = twice.compareTo(most) > 0 ? most : twice;
    return now;
  }

  /** What was tried has worked. */
  void reset() {
    next = first;
  }
}
