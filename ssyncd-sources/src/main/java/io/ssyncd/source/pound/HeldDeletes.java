package io.ssyncd.source.pound;

import io.ssyncd.session.HttpKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Deletions that Pound told and the cluster has not made yet. A balancer that loses its way to the
 * backends deletes all their sessions just before it is failed over from; so a deletion before its
 * time waits, and is dropped when the session comes back, or when a service lost all its sessions.
 *
 * <p>One that was told stays here until the table does not have the session any more, so that it
 * can be told again where it was lost. Bounded: what comes beyond is counted and not deleted; the
 * leader's expiry removes it in time.
 *
 * <p>Not thread-safe.
 */
final class HeldDeletes {
  private final int bound;
  private final Map<HttpKey, Held> held = new LinkedHashMap<>();
  private final Map<Mirror.ServiceId, Set<Long>> backends = new HashMap<>();
  private final Map<Mirror.ServiceId, Integer> waiting = new HashMap<>();
  private long overflows;
  private long returned;
  private long massDropped;

  private static final class Held {
    final long dueMs;
    boolean told;

    Held(long dueMs) {
      this.dueMs = dueMs;
    }
  }

  HeldDeletes(int bound) {
    this.bound = bound;
  }

  /** How many deletions are here, told or not. */
  int size() {
    return held.size();
  }

  /** How many deletions found no room. */
  long overflows() {
    return overflows;
  }

  /** How many were dropped because their session came back. */
  long returned() {
    return returned;
  }

  /** How many were dropped because all of their service's sessions went. */
  long massDropped() {
    return massDropped;
  }

  /**
   * Takes a deletion.
   *
   * @param backend the session's backend; null if it is not known
   * @param dueMs when to tell it, by the monotonic clock
   * @return false if there is no room
   */
  boolean add(HttpKey key, @Nullable Long backend, long dueMs) {
    if (held.containsKey(key)) {
      return true;
    }
    if (held.size() >= bound) {
      overflows++;
      return false;
    }
    held.put(key, new Held(dueMs));
    Mirror.ServiceId service = Mirror.ServiceId.of(key);
    waiting.merge(service, 1, Integer::sum);
    if (backend != null) {
      backends.computeIfAbsent(service, s -> new TreeSet<>()).add(backend);
    }
    return true;
  }

  /** Whether a deletion of that session is here, told or not. */
  boolean holds(HttpKey key) {
    return held.containsKey(key);
  }

  /** The session is there: its deletion is void. */
  void cancel(HttpKey key) {
    Held gone = held.remove(key);
    if (gone != null && !gone.told) {
      returned++;
      released(Mirror.ServiceId.of(key));
    }
  }

  /** How many deletions of a service wait. */
  int waiting(Mirror.ServiceId service) {
    return waiting.getOrDefault(service, 0);
  }

  /** The backends whose sessions' deletions wait, or did while others did. */
  Set<Long> backends(Mirror.ServiceId service) {
    return backends.getOrDefault(service, Set.of());
  }

  /** Drops all that waits of a service: its sessions stay in the cluster. */
  void drop(Mirror.ServiceId service) {
    int before = held.size();
    held.entrySet()
        .removeIf(e -> !e.getValue().told && Mirror.ServiceId.of(e.getKey()).equals(service));
    massDropped += before - held.size();
    waiting.remove(service);
    backends.remove(service);
  }

  /** What waits and whose time has come. */
  List<HttpKey> due(long nowMs) {
    List<HttpKey> due = new ArrayList<>();
    held.forEach(
        (key, entry) -> {
          if (!entry.told && entry.dueMs <= nowMs) {
            due.add(key);
          }
        });
    return due;
  }

  /** The cluster was told. */
  void told(HttpKey key) {
    Held entry = held.get(key);
    if (entry != null && !entry.told) {
      entry.told = true;
      released(Mirror.ServiceId.of(key));
    }
  }

  /** All that was told and may have been lost: it has to be told again. */
  void tellAgain() {
    held.forEach(
        (key, entry) -> {
          if (entry.told) {
            entry.told = false;
            waiting.merge(Mirror.ServiceId.of(key), 1, Integer::sum);
          }
        });
  }

  /** What was told and is not known to be done. */
  List<HttpKey> unconfirmed() {
    List<HttpKey> told = new ArrayList<>();
    held.forEach(
        (key, entry) -> {
          if (entry.told) {
            told.add(key);
          }
        });
    return told;
  }

  /** The table does not have it any more. */
  void confirmed(HttpKey key) {
    Held entry = held.get(key);
    if (entry != null && entry.told) {
      held.remove(key);
    }
  }

  /** Drops everything: the node does not lead any more, or lost its address. */
  void clear() {
    held.clear();
    waiting.clear();
    backends.clear();
  }

  private void released(Mirror.ServiceId service) {
    waiting.merge(service, -1, Integer::sum);
    if (waiting.getOrDefault(service, 0) <= 0) {
      waiting.remove(service);
      backends.remove(service);
    }
  }
}
