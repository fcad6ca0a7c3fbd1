package io.ssyncd.source.recent;

import io.ssyncd.session.RecentEntry;
import io.ssyncd.session.RecentKey;
import io.ssyncd.session.SessionRecord;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Turns one look at a table into changes, and brings what is known of it up to date. */
final class TableChanges {
  /** How many looks have to miss a row: one look at a long table is not one moment's state. */
  static final int LOOKS_TO_DELETE = 2;

  private final KernelTable table;
  private final TableReading reading;
  private final JiffiesClock clock;
  private final Reporter reporter;
  private final Optional<Duration> persistence;
  private @Nullable JiffiesMoment moment;
  private int lost;

  /**
   * @param persistence how long an entry of the table counts, where that is known
   */
  TableChanges(
      KernelTable table,
      TableReading reading,
      JiffiesClock clock,
      Reporter reporter,
      Optional<Duration> persistence) {
    this.table = table;
    this.reading = reading;
    this.clock = clock;
    this.reporter = reporter;
    this.persistence = persistence;
  }

  /** Whether the clock was asked, and told the time. */
  boolean translated() {
    return moment != null;
  }

  /** How many entries an accident took out of the table. */
  int lost() {
    return lost;
  }

  /**
   * Reports what is newer in the kernel than in the cluster.
   *
   * @param forget what is missing in the kernel is left alone; else the next look decides about it
   * @return whether anything was reported
   * @throws IOException if stamps cannot be translated: nothing is known of the rest then
   */
  boolean compare(boolean forget) throws IOException, InterruptedException {
    boolean changed = false;
    List<KnownRow> absent = reading.absent();
    for (RecentRow row : reading.news()) {
      KnownRow known = table.rows.get(row.address());
      boolean same = known != null && known.row.equals(row);
      if (same && table.isOwn(row, clock.width())) {
        continue;
      }
      RecentKey key = new RecentKey(table.name(), row.address().toBytes());
      SessionRecord held = reporter.table().get(key);
      if (row.ttl() == 0 && held instanceof RecentEntry entry && !same) {
        // No packet made it: an earlier life of this node wrote it, or an operator.
        know(row).own(entry);
        continue;
      }
      RecentEntry entry = entry(known, row);
      if (held instanceof RecentEntry other && !newer(entry, other)) {
        know(row);
        continue;
      }
      if (!reporter.put(entry)) {
        return changed;
      }
      know(row);
      changed = true;
    }
    if (forget) {
      for (KnownRow gone : absent) {
        table.rows.remove(gone.row.address());
      }
    }
    return changed;
  }

  /**
   * Reports what changed since the last look.
   *
   * @param entriesPerTable how many rows the table holds when it is full
   * @return whether anything was reported
   * @throws IOException if stamps cannot be translated: the next look finds the changes again
   */
  boolean report(int entriesPerTable) throws IOException, InterruptedException {
    List<KnownRow> absent = reading.whole() ? reading.absent() : List.of();
    boolean changed = false;
    if (!absent.isEmpty()) {
      changed = reading.emptied(entriesPerTable) ? accident(absent) : vanished(absent);
    }
    for (RecentRow row : reading.news()) {
      KnownRow known = table.rows.get(row.address());
      if (known != null && known.row.equals(row)) {
        continue;
      }
      if (!reporter.put(entry(known, row))) {
        return changed;
      }
      know(row);
      changed = true;
    }
    return changed;
  }

  /**
   * Rows that had vanished before the others did are deletions all the same, and so are those whose
   * time was over: a rule with {@code --reap} may have taken them.
   */
  private boolean accident(List<KnownRow> absent) throws IOException, InterruptedException {
    List<KnownRow> deleted = new ArrayList<>();
    for (KnownRow gone : absent) {
      if (gone.missed > 0 || outlived(gone)) {
        deleted.add(gone);
      } else {
        table.rows.remove(gone.row.address());
        lost++;
      }
    }
    return vanished(deleted) || lost > 0;
  }

  private boolean outlived(KnownRow gone) throws IOException, InterruptedException {
    return persistence.isPresent()
        && now().wallMs() - gone.lastSeenMs(now()) >= persistence.get().toMillis();
  }

  private boolean vanished(List<KnownRow> absent) {
    for (KnownRow gone : absent) {
      if (++gone.missed >= LOOKS_TO_DELETE) {
        RecentAddress address = gone.row.address();
        if (!reporter.delete(new RecentKey(table.name(), address.toBytes()))) {
          return false;
        }
        table.rows.remove(address);
      }
    }
    return !absent.isEmpty();
  }

  private RecentEntry entry(@Nullable KnownRow known, RecentRow row)
      throws IOException, InterruptedException {
    return known == null
        ? KnownRow.translate(table.name(), row, now())
        : known.entry(table.name(), row, now());
  }

  private KnownRow know(RecentRow row) {
    KnownRow known = table.rows.get(row.address());
    if (known == null) {
      known = new KnownRow(row, null, 0);
      table.rows.put(row.address(), known);
    }
    known.row = row;
    known.missed = 0;
    known.seenIn = table.readings;
    return known;
  }

  /** By more than translating back and forth explains. */
  private boolean newer(RecentEntry here, RecentEntry there)
      throws IOException, InterruptedException {
    return here.lastSeenMs() > there.lastSeenMs() + now().tickMs() + 1;
  }

  private JiffiesMoment now() throws IOException, InterruptedException {
    JiffiesMoment known = moment;
    if (known == null) {
      known = clock.moment();
      moment = known;
    }
    return known;
  }
}
