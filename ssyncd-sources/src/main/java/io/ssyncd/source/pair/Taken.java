package io.ssyncd.source.pair;

import io.ssyncd.session.Scope;
import io.ssyncd.session.SessionKey;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which records an import has taken, so that one that comes again after a broken connection counts
 * once. Bounded: beyond that, records are taken all the same, and {@link #beyond} says how often.
 * Not thread-safe.
 */
final class Taken {
  private final int most;

  /** By key, the number of the connection that told of it last. */
  private final Map<SessionKey, Integer> keys = new HashMap<>();

  private final Map<Part, Integer> parts = new HashMap<>();
  private final SortedMap<Scope, Integer> scopes = new TreeMap<>();
  private long beyond;

  Taken(int most) {
    this.most = most;
  }

  /** Whether it is a new one. */
  boolean add(SessionKey key, int connection) {
    if (keys.size() >= most && !keys.containsKey(key)) {
      beyond++;
      return false;
    }
    if (keys.put(key, connection) != null) {
      return false;
    }
    parts.merge(Part.of(key), 1, Integer::sum);
    scopes.merge(key.scope(), 1, Integer::sum);
    return true;
  }

  void remove(SessionKey key) {
    if (keys.remove(key) != null) {
      parts.computeIfPresent(Part.of(key), (part, count) -> count == 1 ? null : count - 1);
      scopes.computeIfPresent(key.scope(), (scope, count) -> count == 1 ? null : count - 1);
    }
  }

  boolean contains(SessionKey key) {
    return keys.containsKey(key);
  }

  /** How many there are of a part. */
  int count(Part part) {
    return parts.getOrDefault(part, 0);
  }

  /** How many there are, by farm and table. */
  SortedMap<Scope, Integer> counts() {
    return new TreeMap<>(scopes);
  }

  /** How many were told of last by an earlier connection than this. */
  long notSince(int connection) {
    return keys.values().stream().filter(last -> last < connection).count();
  }

  /** How often a record beyond the bound was told of. */
  long beyond() {
    return beyond;
  }
}
