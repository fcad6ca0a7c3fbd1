package io.ssyncd.log.atomix;

import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** The last index that the state machine has seen, and those who wait for one. */
final class AppliedIndex {
  private final Executor completer;
  private final PriorityQueue<Waiter> waiters = new PriorityQueue<>();
  private volatile long index;
  private volatile boolean awaited;

  /**
   * @param completer runs what waiters do, so that the state machine's thread need not
   */
  AppliedIndex(Executor completer) {
    this.completer = completer;
  }

  private record Waiter(long index, CompletableFuture<Long> done) implements Comparable<Waiter> {
    @Override
    public int compareTo(Waiter other) {
      return Long.compare(index, other.index);
    }
  }

  long get() {
    return index;
  }

  /** Called by the state machine's thread alone. */
  void reached(long newIndex) {
    index = newIndex;
    if (awaited) {
      completer.execute(this::release);
    }
  }

  /** Completes with {@code wanted} once it has been seen. */
  CompletableFuture<Long> when(long wanted) {
    CompletableFuture<Long> done = new CompletableFuture<>();
    synchronized (waiters) {
      waiters.add(new Waiter(wanted, done));
      awaited = true;
    }
    release();
    return done;
  }

  private void release() {
    while (true) {
      Waiter first;
      synchronized (waiters) {
        waiters.removeIf(waiter -> waiter.done.isDone());
        first = waiters.peek();
        if (first == null || first.index > index) {
          awaited = first != null;
          return;
        }
        waiters.remove();
      }
      first.done.complete(first.index);
    }
  }
}
