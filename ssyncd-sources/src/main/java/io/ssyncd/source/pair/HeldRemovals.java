package io.ssyncd.source.pair;

import io.ssyncd.session.SessionKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Deletions that the old master told and the cluster has not made yet. A Pound that loses its way
 * to the backends deletes all their sessions, a kernel table is flushed by the original's own
 * {@code write recent}, and both happen just before a failover: a deletion waits, and is dropped
 * when the record comes back, when the master is lost, or when all of its service or table went.
 * What the cluster's own Pounds and kernels did to a record that the master had, it cannot know.
 *
 * <p>Bounded: one more is not made at all. Not thread-safe.
 */
final class HeldRemovals {
  private final int most;
  private final Map<SessionKey, Held> due = new LinkedHashMap<>();
  private final Map<Part, Integer> waiting = new LinkedHashMap<>();
  private long overflows;

  private record Held(long dueMs, long knownMs) {}

  HeldRemovals(int most) {
    this.most = most;
  }

  /**
   * Holds a deletion.
   *
   * @param dueMs until then, by the monotonic clock
   * @param knownMs the last use of the record that the master can have known of
   */
  void hold(SessionKey key, long dueMs, long knownMs) {
    if (due.containsKey(key)) {
      return;
    }
    if (due.size() >= most) {
      overflows++;
      return;
    }
    due.put(key, new Held(dueMs, knownMs));
    waiting.merge(Part.of(key), 1, Integer::sum);
  }

  /** The record is there: its deletion is void. Whether there was one. */
  boolean cancel(SessionKey key) {
    return remove(key);
  }

  /** Those whose time has come; they stay until {@link #done} or {@link #drop}. */
  List<SessionKey> due(long nowMs) {
    List<SessionKey> now = new ArrayList<>();
    due.forEach(
        (key, one) -> {
          if (one.dueMs() <= nowMs) {
            now.add(key);
          }
        });
    return now;
  }

  /** See {@link #hold}; of one that waits. */
  long knownMs(SessionKey key) {
    return Objects.requireNonNull(due.get(key), "it waits").knownMs();
  }

  /** It was made, or is void. */
  void done(SessionKey key) {
    boolean unused = remove(key);
  }

  /** How many wait of a part. */
  int waiting(Part part) {
    return waiting.getOrDefault(part, 0);
  }

  /** How many wait. */
  int size() {
    return due.size();
  }

  /** How many found no room. */
  long overflows() {
    return overflows;
  }

  /** Drops those of a part; returns how many. */
  int drop(Part part) {
    int before = due.size();
    due.keySet().removeIf(key -> Part.of(key).equals(part));
    waiting.remove(part);
    return before - due.size();
  }

  /** Drops all; returns how many. */
  int dropAll() {
    int dropped = due.size();
    due.clear();
    waiting.clear();
    return dropped;
  }

  private boolean remove(SessionKey key) {
    if (due.remove(key) == null) {
      return false;
    }
    waiting.computeIfPresent(Part.of(key), (part, count) -> count == 1 ? null : count - 1);
    return true;
  }
}
