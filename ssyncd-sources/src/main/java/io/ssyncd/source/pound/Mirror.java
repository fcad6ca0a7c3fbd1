package io.ssyncd.source.pound;

import io.ssyncd.session.HttpKey;
import io.ssyncd.session.HttpSession;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What this link saw one Pound process hold since it first connected to it. Only what is in here
 * can be missed, and so be removed from the cluster because it is absent.
 *
 * <p>The thread that reads the link writes; everybody may read, without a lock. Bounded: what comes
 * beyond {@link #bound()} is counted and left out.
 */
public final class Mirror {
  private final int bound;
  private final ConcurrentHashMap<HttpKey, Mirrored> sessions = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<ServiceId, Integer> services = new ConcurrentHashMap<>();
  private final AtomicLong overflows = new AtomicLong();

  /** A service of the farm. */
  record ServiceId(long listener, long service) {
    static ServiceId of(HttpKey key) {
      return new ServiceId(key.listener(), key.service());
    }
  }

  /** An empty mirror for at most {@code bound} sessions. */
  Mirror(int bound) {
    this.bound = bound;
  }

  /** The session of that key, if Pound was seen to hold it. */
  public @Nullable HttpSession get(HttpKey key) {
    Mirrored found = sessions.get(key);
    return found == null ? null : found.session();
  }

  /** The session of that key, if the dump or what came after it had it. */
  public @Nullable HttpSession get(HttpKey key, Dump since) {
    Mirrored found = sessions.get(key);
    return found == null || found.generation() < since.generation() ? null : found.session();
  }

  /** How many sessions the dump and what came after it had. */
  public int size(Dump since) {
    int count = 0;
    for (Mirrored session : sessions.values()) {
      if (session.generation() >= since.generation()) {
        count++;
      }
    }
    return count;
  }

  /** A copy of all sessions. */
  public List<HttpSession> sessions() {
    return sessions.values().stream().map(Mirrored::session).toList();
  }

  /** How many sessions there are. */
  public int size() {
    return sessions.size();
  }

  /** How many sessions there may be. */
  public int bound() {
    return bound;
  }

  /** How many sessions were left out because there were too many. */
  public long overflows() {
    return overflows.get();
  }

  boolean holds(HttpKey key) {
    return sessions.containsKey(key);
  }

  /** How many sessions of a service there are. */
  int size(ServiceId service) {
    return services.getOrDefault(service, 0);
  }

  /** All sessions; changes on the way may or may not be seen. */
  Collection<Mirrored> all() {
    return Collections.unmodifiableCollection(sessions.values());
  }

  /** Pound told of a session; null if there is no room for it. */
  @Nullable Mirrored put(HttpSession session, long generation) {
    HttpKey key = session.key();
    if (sessions.size() >= bound && !sessions.containsKey(key)) {
      overflows.incrementAndGet();
      return null;
    }
    return sessions.compute(
        key,
        (k, known) -> {
          if (known == null) {
            services.merge(ServiceId.of(k), 1, Integer::sum);
            return new Mirrored(session, generation);
          }
          known.seen(session, generation);
          return known;
        });
  }

  /** Pound told that a session is gone; null if it was not known. */
  @Nullable Mirrored remove(HttpKey key) {
    Mirrored gone = sessions.remove(key);
    if (gone != null) {
      forget(key);
    }
    return gone;
  }

  /**
   * Takes out what was last seen before {@code generation} and passes the test.
   *
   * @return what was taken out
   */
  List<Mirrored> removeOlder(long generation, Predicate<HttpSession> test) {
    List<Mirrored> absent = new ArrayList<>();
    for (Mirrored candidate : sessions.values()) {
      if (candidate.generation() < generation && test.test(candidate.session())) {
        // Asked again under the map's lock: the reading thread may have seen it meanwhile.
        sessions.computeIfPresent(
            candidate.session().key(),
            (key, now) -> {
              if (now.generation() >= generation) {
                return now;
              }
              forget(key);
              absent.add(now);
              return null;
            });
      }
    }
    return absent;
  }

  /** Another process: nothing is known of it. */
  void clear() {
    sessions.clear();
    services.clear();
  }

  private void forget(HttpKey key) {
    services.computeIfPresent(ServiceId.of(key), (service, count) -> count > 1 ? count - 1 : null);
  }
}
