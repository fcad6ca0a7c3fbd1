package io.ssyncd.log.atomix.net;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The unanswered requests to one member, by id. Thread-safe. */
final class PendingRequests {
  private final String to;
  private final NetCounters counters;
  private final AtomicLong ids = new AtomicLong();
  private final Map<Long, PendingRequest> pending = new ConcurrentHashMap<>();

  PendingRequests(String to, NetCounters counters) {
    this.to = to;
    this.counters = counters;
  }

  long nextId() {
    return ids.incrementAndGet();
  }

  int size() {
    return pending.size();
  }

  PendingRequest add(Frame frame, Duration timeout) {
    long now = System.nanoTime();
    PendingRequest request =
        new PendingRequest(
            frame, now, now + timeout.toNanos(), new AtomicBoolean(), new CompletableFuture<>());
    pending.put(frame.id(), request);
    return request;
  }

  /** Takes a request out; null if somebody else did. */
  @Nullable PendingRequest remove(long id) {
    return pending.remove(id);
  }

  Collection<PendingRequest> all() {
    return pending.values();
  }

  /** Fails one, if it is still there. */
  void fail(PendingRequest request, Throwable why) {
    if (pending.remove(request.frame().id()) != null) {
      request.answer().completeExceptionally(why);
    }
  }

  void failAll(Function<PendingRequest, Throwable> why) {
    pending.values().forEach(request -> fail(request, why.apply(request)));
  }

  /**
   * Fails those whose time is over.
   *
   * @param heardAt when anything was heard from the member last
   * @return whether one of them was sent after that: the connection may be dead
   */
  boolean sweep(long now, long heardAt) {
    boolean silent = false;
    for (PendingRequest request : pending.values()) {
      if (now - request.deadline() >= 0) {
        counters.timeouts.increment();
        silent |= heardAt - request.sentAt() < 0;
        long millis = TimeUnit.NANOSECONDS.toMillis(now - request.sentAt());
        fail(
            request,
            new TimeoutException(
                to + " did not answer " + request.frame().subject() + " in " + millis + " ms"));
      }
    }
    return silent;
  }
}
