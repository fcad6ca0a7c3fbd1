package io.ssyncd.source.recent;

import java.util.ArrayList;
import java.util.List;

/** One look at a table, held against what is known of it. Needs the table's lock. */
final class TableReading implements RowHandler {
  private final KernelTable table;
  private final JiffiesWidth width;
  private final boolean everything;
  private final long number;
  private final List<RecentRow> news = new ArrayList<>();
  private int rows;
  private int survivors;
  private int malformed;

  /**
   * @param everything keep the rows that are as known as well
   */
  TableReading(KernelTable table, JiffiesWidth width, boolean everything) {
    this.table = table;
    this.width = width;
    this.everything = everything;
    this.number = ++table.readings;
  }

  @Override
  public void row(RowView row) {
    rows++;
    KnownRow known = table.rows.get(row.address());
    if (known == null) {
      news.add(row.toRow());
      return;
    }
    known.seenIn = number;
    known.missed = 0;
    boolean same = row.matches(known.row);
    if (same || goesOn(known.row, row)) {
      survivors++;
    }
    if (!same || everything) {
      news.add(row.toRow());
    }
  }

  /**
   * Whether a row may be an older one with new stamps, and not one that was made anew: an old stamp
   * is left of it, or it is as long as it was, so that its ring may have gone round.
   */
  private boolean goesOn(RecentRow before, RowView now) {
    return width.since(now.oldest(), before.lastSeen()) <= 0
        || (before.stamps() > 1 && now.stamps() >= before.stamps());
  }

  @Override
  public void malformed(MalformedRow row) {
    malformed++;
  }

  /** The rows that are not as known; all rows if everything was asked for. */
  List<RecentRow> news() {
    return news;
  }

  /** How many rows there were. */
  int rows() {
    return rows;
  }

  /** Whether every row could be read: only then means absence anything. */
  boolean whole() {
    return malformed == 0;
  }

  /** The known rows that did not show. */
  List<KnownRow> absent() {
    if (survivors >= table.rows.size()) {
      return List.of();
    }
    List<KnownRow> absent = new ArrayList<>();
    for (KnownRow known : table.rows.values()) {
      if (known.seenIn != number) {
        absent.add(known);
      }
    }
    return absent;
  }

  /**
   * Whether the table was emptied, or made anew, since the last look: no row has survived. A full
   * table may have lost all of its rows to newer ones.
   */
  boolean emptied(int entriesPerTable) {
    return survivors == 0 && rows < entriesPerTable;
  }
}
