package io.ssyncd.source.pound;

import io.ssyncd.node.HostClock;
import io.ssyncd.session.HttpKey;
import io.ssyncd.session.HttpSession;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a deletion that Pound told is worth: one at its time is made at once, an earlier one is
 * held, and when a service has lost all its sessions early, none of them is deleted: then it is
 * this balancer that cannot reach the backends. Not thread-safe.
 */
final class DeletePolicy {
  private final PoundLink link;
  private final HeldDeletes held;

  DeletePolicy(PoundLink link, HeldDeletes held) {
    this.link = link;
    this.held = held;
  }

  /**
   * Takes a deletion of a session that the mirror does not hold any more. When all that were told
   * together are taken, {@link #settle} follows.
   *
   * @param last as Pound told of it before; null if it never did
   * @return whether to tell the cluster now
   */
  boolean take(HttpKey key, @Nullable HttpSession last) {
    HostClock clock = link.config().clock();
    boolean expired = last != null && link.farm().expired(last, clock);
    long due = clock.steadyMillis() + (expired ? 0 : link.config().deleteHold().toMillis());
    Long backend = last == null ? null : Long.valueOf(last.backend());
    return held.add(key, backend, due) && expired;
  }

  /** Drops what is held of this session's service if the service lost all its sessions. */
  void settle(HttpKey key) {
    Mirror.ServiceId service = Mirror.ServiceId.of(key);
    if (held.waiting(service) > 0 && emptied(key, service)) {
      held.drop(service);
    }
  }

  /**
   * Whether a service lost all its sessions, and not just its only one: all backends on which any
   * were. One session that is deleted by hand from a service of several backends is no such case.
   */
  private boolean emptied(HttpKey key, Mirror.ServiceId service) {
    if (link.mirror().size(service) > 0) {
      return false;
    }
    Set<Long> enabled = enabled(key);
    return held.waiting(service) > 1
        || (!enabled.isEmpty() && held.backends(service).containsAll(enabled));
  }

  private Set<Long> enabled(HttpKey key) {
    Set<Long> ids = new TreeSet<>();
    FarmConfig.Service service = link.farm().service(key);
    if (service != null) {
      for (int b = 0; b < service.backends().size(); b++) {
        if (!service.backends().get(b).disabled()) {
          ids.add((long) b);
        }
      }
    }
    return ids;
  }
}
