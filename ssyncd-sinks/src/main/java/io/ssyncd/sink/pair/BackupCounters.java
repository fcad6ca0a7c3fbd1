package io.ssyncd.sink.pair;

import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;

/** What is counted of all old backups. Thread-safe. */
final class BackupCounters {
  private final AtomicLong frames = new AtomicLong();
  private final ConcurrentSkipListMap<String, AtomicLong> notSent = new ConcurrentSkipListMap<>();
  private final ConcurrentSkipListMap<String, AtomicLong> dropped = new ConcurrentSkipListMap<>();
  private volatile boolean oneService;

  void frame() {
    frames.incrementAndGet();
  }

  void notSent(String reason) {
    notSent.computeIfAbsent(reason, unused -> new AtomicLong()).incrementAndGet();
  }

  void dropped(String reason) {
    dropped.computeIfAbsent(reason, unused -> new AtomicLong()).incrementAndGet();
  }

  void severalServices() {
    oneService = true;
  }

  long frames() {
    return frames.get();
  }

  boolean oneService() {
    return oneService;
  }

  SortedMap<String, Long> notSent() {
    return values(notSent);
  }

  SortedMap<String, Long> dropped() {
    return values(dropped);
  }

  private static SortedMap<String, Long> values(ConcurrentSkipListMap<String, AtomicLong> of) {
    SortedMap<String, Long> values = new TreeMap<>();
    of.forEach((reason, count) -> values.put(reason, count.get()));
    return values;
  }
}
