package io.ssyncd.source.recent;

import io.ssyncd.session.RecentEntry;
import io.ssyncd.session.RecentKey;
import io.ssyncd.session.Scope;
import io.ssyncd.session.SessionRecord;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * Takes entries out of the cluster that no rule would look at any more and that the kernel does not
 * hold: those that a write did not put there because their time was over, and those that were taken
 * out again when it was. Only of tables that are there and whose policy says how long an entry
 * counts. What the kernel still holds stays until it vanishes there. Of one session; not
 * thread-safe.
 */
final class Expiry {
  /** Members' clocks differ a little, and what one calls over another may still count. */
  static final Duration GRACE = Duration.ofSeconds(10);

  private static final long PAUSE_NANOS = Duration.ofSeconds(1).toNanos();

  private final KernelTables tables;
  private final Reporter reporter;
  private boolean ticked;
  private long tickedAt;

  Expiry(KernelTables tables, Reporter reporter) {
    this.tables = tables;
    this.reporter = reporter;
  }

  /** Looks at these tables, once in a while. */
  void tick(Set<String> names, long now) {
    if (ticked && now - tickedAt < PAUSE_NANOS) {
      return;
    }
    ticked = true;
    tickedAt = now;
    for (String name : names) {
      Optional<Duration> persistence = tables.policy(name).persistence();
      if (persistence.isPresent()) {
        expire(tables.table(name), persistence.get());
      }
    }
  }

  private void expire(KernelTable table, Duration persistence) {
    if (!table.lock().tryLock()) {
      return; // It is being written; the next tick is soon.
    }
    try {
      long until = tables.overUntil(persistence.plus(GRACE));
      for (SessionRecord held : reporter.table().records(Scope.table(table.name()))) {
        if (held instanceof RecentEntry entry && entry.lastSeenMs() <= until) {
          RecentKey key = entry.key();
          boolean gone = table.known(RecentAddress.of(key.address())) == null;
          if (gone && !reporter.delete(key)) {
            return;
          }
        }
      }
    } finally {
      table.lock().unlock();
    }
  }
}
