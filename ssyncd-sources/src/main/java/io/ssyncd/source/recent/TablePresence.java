package io.ssyncd.source.recent;

import io.ssyncd.session.Kind;
import io.ssyncd.session.Scope;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which tables are there, and which are missing. Losing a table loses nothing in the cluster: it
 * exists as long as a rule names it, and rules come and go. Of one session; not thread-safe.
 */
final class TablePresence {
  private static final long MISSING_CHECK_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final Logger log = LoggerFactory.getLogger(TablePresence.class);

  private final KernelTables tables;
  private final SourceHealth health;
  private final Reporter reporter;
  private final Set<String> present = new TreeSet<>();
  private boolean first = true;
  private boolean stale = true;
  private long listedAt;
  private long missingCheckedAt;
  private boolean cameBack;

  TablePresence(KernelTables tables, SourceHealth health, Reporter reporter) {
    this.tables = tables;
    this.health = health;
    this.reporter = reporter;
  }

  /** The tables that were there at the last look, in order. */
  Set<String> present() {
    return present;
  }

  /** A table was not found: the next look is a true one. */
  void missed() {
    stale = true;
  }

  /** Looks which tables there are, once in an interval; whether there was a change. */
  boolean look(long now) {
    if (!stale && now - listedAt < tables.config().interval().toNanos()) {
      return false;
    }
    stale = false;
    listedAt = now;
    List<String> names = names();
    boolean changed = names.size() != present.size() || !present.containsAll(names);
    if (changed) {
      vanish(names);
      names.forEach(this::appear);
    }
    first = false;
    if (changed || now - missingCheckedAt >= MISSING_CHECK_NANOS) {
      missingCheckedAt = now;
      nameTheMissing();
    }
    return changed;
  }

  /** Whether a table has come, since the last call, of which the cluster holds entries. */
  boolean cameBack() {
    boolean came = cameBack;
    cameBack = false;
    return came;
  }

  private List<String> names() {
    try {
      List<String> names = tables.names();
      health.connected(true);
      health.clear("xt-recent-missing");
      return names;
    } catch (IOException e) {
      health.connected(false);
      String text = "no tables can be read, xt_recent may not be loaded: " + e;
      if (health.warn("xt-recent-missing", "", text)) {
        log.warn(text);
      }
      return List.of();
    }
  }

  private void vanish(List<String> names) {
    Set<String> gone = new TreeSet<>(present);
    gone.removeAll(names);
    for (String name : gone) {
      KernelTable table = tables.table(name);
      table.lock().lock();
      try {
        log.warn("table {} is gone; its {} rows stay in the cluster", name, table.rows.size());
        table.rows.clear();
      } finally {
        table.lock().unlock();
      }
    }
    present.removeAll(gone);
  }

  private void appear(String name) {
    if (present.add(name) && !first) {
      int held = reporter.table().counts().getOrDefault(Scope.table(name), 0);
      log.info("table {} is there now; the cluster holds {} entries of it", name, held);
      cameBack |= held > 0;
    }
  }

  private void nameTheMissing() {
    health.clear("table-missing");
    reporter
        .table()
        .counts()
        .forEach(
            (scope, count) -> {
              String name = scope.name();
              if (scope.kind() == Kind.RECENT && tables.selects(name) && !present.contains(name)) {
                health.warn(
                    "table-missing",
                    name,
                    "no rule names table "
                        + name
                        + "; its "
                        + count
                        + " entries stay in the cluster");
              }
            });
  }
}
