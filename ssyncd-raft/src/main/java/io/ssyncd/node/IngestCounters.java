package io.ssyncd.node;

import java.util.concurrent.atomic.AtomicLong;

/** What was ingested since this process started, over all reigns. Thread-safe. */
final class IngestCounters {
  private final AtomicLong batches = new AtomicLong();
  private final AtomicLong mutations = new AtomicLong();
  private final AtomicLong repeated = new AtomicLong();
  private final AtomicLong duplicates = new AtomicLong();

  void committed(int count, boolean duplicate) {
    batches.incrementAndGet();
    mutations.addAndGet(count);
    if (duplicate) {
      duplicates.incrementAndGet();
    }
  }

  void repeated() {
    repeated.incrementAndGet();
  }

  /** Batches that are known to be applied. */
  long batches() {
    return batches.get();
  }

  /** Changes in those. */
  long mutations() {
    return mutations.get();
  }

  /** How often a batch was proposed again because the log had not answered. */
  long repeats() {
    return repeated.get();
  }

  /** Batches that turned out to have been applied when they were proposed again. */
  long duplicates() {
    return duplicates.get();
  }
}
