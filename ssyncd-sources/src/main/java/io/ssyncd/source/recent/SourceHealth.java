package io.ssyncd.source.recent;

import io.ssyncd.node.Warning;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

/** What an operator may see of a source: warnings by table, and counts. Thread-safe. */
final class SourceHealth {
  /** How many tables of one kind of trouble are named. */
  static final int NAMED = 5;

  private final SortedMap<String, SortedMap<String, String>> warnings = new TreeMap<>();
  private final AtomicLong events = new AtomicLong();
  private final AtomicLong looks = new AtomicLong();
  private volatile boolean connected;

  void event() {
    events.incrementAndGet();
  }

  long events() {
    return events.get();
  }

  /** A table was read. */
  void look() {
    looks.incrementAndGet();
  }

  long looks() {
    return looks.get();
  }

  void connected(boolean now) {
    connected = now;
  }

  boolean connected() {
    return connected;
  }

  /**
   * Raises a warning.
   *
   * @param subject the table, or "" if it is about all
   * @return whether it was not there before
   */
  synchronized boolean warn(String code, String subject, String text) {
    return warnings.computeIfAbsent(code, c -> new TreeMap<>()).put(subject, text) == null;
  }

  /** Takes a warning back. */
  synchronized void clear(String code, String subject) {
    SortedMap<String, String> bySubject = warnings.get(code);
    if (bySubject != null) {
      bySubject.remove(subject);
      if (bySubject.isEmpty()) {
        warnings.remove(code);
      }
    }
  }

  /** Takes a kind's warnings back, but for those on these subjects. */
  synchronized void retain(String code, Set<String> subjects) {
    SortedMap<String, String> bySubject = warnings.get(code);
    if (bySubject != null) {
      bySubject.keySet().retainAll(subjects);
      if (bySubject.isEmpty()) {
        warnings.remove(code);
      }
    }
  }

  /** Takes all warnings of a kind back. */
  synchronized void clear(String code) {
    warnings.remove(code);
  }

  /** What is wrong now; of each kind at most {@value #NAMED} tables, and how many more. */
  synchronized List<Warning> warnings() {
    List<Warning> now = new ArrayList<>();
    warnings.forEach(
        (code, bySubject) -> {
          bySubject.values().stream().limit(NAMED).forEach(t -> now.add(new Warning(code, t)));
          if (bySubject.size() > NAMED) {
            now.add(
                new Warning(code, "the same of " + (bySubject.size() - NAMED) + " more tables"));
          }
        });
    return now;
  }
}
