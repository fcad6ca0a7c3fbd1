package io.ssyncd.table;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;

/** Those who wait for an entry to be applied. Thread-safe. */
final class IndexWaiters {
  /** How many may wait; further ones are refused. */
  static final int MAX_WAITERS = 10_000;

  private final PriorityQueue<Waiter> waiting = new PriorityQueue<>();
  private long reached;

  private record Waiter(long index, CompletableFuture<Long> future) implements Comparable<Waiter> {
    @Override
    public int compareTo(Waiter other) {
      return Long.compare(index, other.index);
    }
  }

  synchronized CompletableFuture<Long> await(long index) {
    if (index <= reached) {
      return CompletableFuture.completedFuture(reached);
    }
    if (waiting.size() >= MAX_WAITERS) {
      waiting.removeIf(waiter -> waiter.future().isDone());
    }
    if (waiting.size() >= MAX_WAITERS) {
      return CompletableFuture.failedFuture(
          new RejectedExecutionException(MAX_WAITERS + " wait for entries to be applied"));
    }
    CompletableFuture<Long> future = new CompletableFuture<>();
    waiting.add(new Waiter(index, future));
    return future;
  }

  /** Lets go those who waited for this entry or an earlier one, on this thread. */
  void reached(long index) {
    for (Waiter waiter : take(index)) {
      waiter.future().complete(index);
    }
  }

  synchronized int size() {
    return waiting.size();
  }

  private synchronized List<Waiter> take(long index) {
    reached = index;
    Waiter first = waiting.peek();
    if (first == null || first.index() > index) {
      return List.of();
    }
    List<Waiter> due = new ArrayList<>();
    while (first != null && first.index() <= index) {
      due.add(waiting.remove());
      first = waiting.peek();
    }
    return due;
  }
}
