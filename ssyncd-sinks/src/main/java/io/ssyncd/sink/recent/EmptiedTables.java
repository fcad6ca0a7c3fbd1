package io.ssyncd.sink.recent;

import io.ssyncd.session.Scope;
import io.ssyncd.source.recent.KernelTable;
import io.ssyncd.source.recent.KernelTables;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices tables that were written and are empty now: somebody reloaded the rules that name them,
 * and the kernel made them anew. Nothing else tells a new table from the old one, not even the
 * number of its file, which is used again.
 *
 * <p>A look reads one row of each table at most. It comes twice a second, or less often where there
 * are so many tables that this would take more than a hundredth of the time. Used by one thread.
 */
final class EmptiedTables {
  private static final long PAUSE_NANOS = 500_000_000;

  /** Of so many parts of the time one is spent with looking. */
  private static final int SHARE = 100;

  private static final Logger log = LoggerFactory.getLogger(EmptiedTables.class);

  private final KernelTables tables;

  /** Those that were told of, and were not seen with a row since. */
  private final Set<String> told = new HashSet<>();

  private long dueNanos = System.nanoTime();

  EmptiedTables(KernelTables tables) {
    this.tables = tables;
  }

  /** Those that are found empty, each once; none when it is too early for a look. */
  Set<Scope> look() {
    long began = System.nanoTime();
    if (began - dueNanos < 0) {
      return Set.of();
    }
    Set<Scope> found = find();
    long now = System.nanoTime();
    dueNanos = now + Math.max(PAUSE_NANOS, SHARE * (now - began));
    return found;
  }

  /** The same, whatever the time. */
  Set<Scope> find() {
    Set<Scope> found = new HashSet<>();
    for (KernelTable table : tables.known()) {
      // One that is being written is known in a moment.
      if (table.lock().tryLock()) {
        try {
          if (!isEmptied(table)) {
            told.remove(table.name());
          } else if (told.add(table.name())) {
            log.info("table {} was made anew, or emptied", table.name());
            found.add(Scope.table(table.name()));
          }
        } finally {
          table.lock().unlock();
        }
      }
    }
    return found;
  }

  private boolean isEmptied(KernelTable table) {
    try {
      return table.knownRows() > 0 && tables.files().isEmpty(table.name());
    } catch (NoSuchFileException e) {
      return false; // It is gone, and empty when it comes back.
    } catch (IOException e) {
      // The next write meets this as well, and reports it.
      log.debug("table {} cannot be looked at: {}", table.name(), e.toString());
      return false;
    }
  }
}
