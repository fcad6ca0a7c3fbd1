package io.ssyncd.sink.recent;

import io.ssyncd.session.RecentEntry;
import io.ssyncd.source.recent.JiffiesMoment;
import io.ssyncd.source.recent.JiffiesWidth;
import io.ssyncd.source.recent.RecentRow;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Holds a row against the entry that was written there. Packets go on all the while, so newer
 * stamps at its end are no mismatch.
 */
final class ReadBack {
  /** Translating a time and reading it back may differ by as much. */
  static final long TICKS = 1;

  private ReadBack() {}

  /**
   * What the write left in a row.
   *
   * @param row the row without what packets added since; null if the row does not show the write
   * @param stamps how many of the entry's stamps it holds
   */
  record Left(@Nullable RecentRow row, int stamps) {}

  /** Where ages are kept: the row's stamps are the entry's last ones. */
  static Left restored(RecentEntry entry, RecentRow row, JiffiesMoment moment) {
    long last = moment.toJiffies(entry.lastSeenMs());
    int own = row.stamps();
    while (own > 0 && moment.width().since(row.stamp(own - 1), last) > TICKS) {
      own--;
    }
    boolean fresh = own < row.stamps();
    if (own > entry.stamps() || (own == 0 && !fresh) || (!fresh && row.ttl() != entry.ttl())) {
      return new Left(null, 0);
    }
    for (int i = 1; i <= own; i++) {
      if (!fits(row.stamp(own - i), entry.stampMs(entry.stamps() - i), moment)) {
        return new Left(null, 0);
      }
    }
    // A ring that packets have filled since shows nothing of the write, and needs not.
    return new Left(own == 0 ? row : head(row, own), own);
  }

  /**
   * Where they are not: new stamps behind those that the row had.
   *
   * @param before the row before the write; null if it was not there
   * @param row the row after it
   * @param hits how many stamps were added
   */
  static Left added(@Nullable RecentRow before, RecentRow row, int hits, JiffiesWidth width) {
    int old = 0;
    if (before != null) {
      while (old < row.stamps() && width.since(row.stamp(old), before.lastSeen()) <= 0) {
        old++;
      }
    }
    if (old == row.stamps()) {
      return new Left(null, 0);
    }
    int own = Math.min(row.stamps(), old + hits);
    return new Left(head(row, own), own);
  }

  /** The kernel brings a stamp that is ahead of its lagging counter back to that. */
  private static boolean fits(long stamp, long wallMs, JiffiesMoment moment) {
    long expected = moment.toJiffies(wallMs);
    JiffiesWidth width = moment.width();
    long least = width.since(expected, moment.observed()) > 0 ? moment.observed() : expected;
    return width.since(stamp, expected) <= TICKS && width.since(least, stamp) <= TICKS;
  }

  private static RecentRow head(RecentRow row, int stamps) {
    if (stamps == row.stamps()) {
      return row;
    }
    long[] kept = new long[stamps];
    Arrays.setAll(kept, row::stamp);
    return RecentRow.of(row.address(), row.ttl(), kept);
  }
}
