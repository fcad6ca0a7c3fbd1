package io.ssyncd.pound.standin;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;

/** Requests of clients with keys {@code PREFIX0, PREFIX1, ...}, taking the services in turn. */
final class Traffic {
  /** Highest rate that may be asked for, requests a second. */
  static final int MAX_RATE = 1_000_000;

  private static final long SECOND = 1_000_000_000L;

  /** How long the thread sleeps at most when it is ahead. */
  private static final long NAP_NANOS = 1_000_000;

  private final List<ServiceTable> services;
  private final String prefix;
  private final int distinct;

  Traffic(Tables tables, String prefix, int distinct) {
    if (distinct < 1) {
      throw new IllegalArgumentException("fewer than one key");
    }
    this.services =
        tables.numbered().stream()
            .filter(s -> s.config().type() != SessionType.NONE && s.config().ttlSeconds() >= 0)
            .toList();
    if (services.isEmpty()) {
      throw new IllegalArgumentException("no service keeps sessions");
    }
    this.prefix = prefix;
    this.distinct = distinct;
  }

  void run(int count) {
    for (int i = 0; i < count; i++) {
      request(i);
    }
  }

  CompletableFuture<Long> start(int perSecond, Duration duration) {
    if (perSecond < 1 || perSecond > MAX_RATE) {
      throw new IllegalArgumentException("rate " + perSecond + " is not 1 to " + MAX_RATE);
    }
    CompletableFuture<Long> done = new CompletableFuture<>();
    Thread thread = new Thread(() -> steady(perSecond, duration.toNanos(), done), "pound-traffic");
    thread.setDaemon(true);
    thread.start();
    return done;
  }

  private void steady(int perSecond, long nanos, CompletableFuture<Long> done) {
    long made = 0;
    try {
      long start = System.nanoTime();
      long total = Math.max(1, Math.multiplyExact(nanos / 1_000, (long) perSecond) / 1_000_000);
      while (made < total && !done.isDone()) {
        long due =
            Math.min(total, (long) ((System.nanoTime() - start) / (double) SECOND * perSecond));
        if (made >= due) {
          LockSupport.parkNanos(NAP_NANOS);
        }
        for (; made < due && !done.isDone(); made++) {
          request(made);
        }
      }
      done.complete(made);
    } catch (RuntimeException e) {
      done.completeExceptionally(e);
    }
  }

  private void request(long number) {
    long key = number % distinct;
    ServiceTable service = services.get((int) (key % services.size()));
    service.request((prefix + key).getBytes(StandardCharsets.ISO_8859_1));
  }
}
