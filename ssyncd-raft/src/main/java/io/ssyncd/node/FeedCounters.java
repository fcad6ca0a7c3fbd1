package io.ssyncd.node;

import java.util.concurrent.atomic.AtomicLong;

/** What a feed's intakes have counted since this process started, over all reigns. Thread-safe. */
final class FeedCounters {
  private final AtomicLong overflows = new AtomicLong();
  private final AtomicLong late = new AtomicLong();
  private final AtomicLong unfit = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private volatile int depth;

  void overflow() {
    overflows.incrementAndGet();
  }

  /** A change came after the reign it belonged to. */
  void late() {
    late.incrementAndGet();
  }

  /** A change that no batch can carry. */
  void unfit() {
    unfit.incrementAndGet();
  }

  /** A record that the table's limits do not admit. */
  void refused() {
    refused.incrementAndGet();
  }

  void depth(int waiting) {
    depth = waiting;
  }

  int depth() {
    return depth;
  }

  long overflows() {
    return overflows.get();
  }

  long lateChanges() {
    return late.get();
  }

  long unfitChanges() {
    return unfit.get();
  }

  long refusedRecords() {
    return refused.get();
  }
}
