package io.ssyncd.source.recent;

import io.ssyncd.session.RecentEntry;
import io.ssyncd.session.RecentKey;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What this node knows of a row: how it was last, and what in it is this node's own doing. */
final class KnownRow {
  /** How many stamps a row holds where neither the module nor a rule says otherwise. */
  private static final int DEFAULT_RING = 32;

  RecentRow row;

  /** The reading that last showed the row. */
  long seenIn;

  /** How many readings in a row did not show it. */
  int missed;

  /** The entry that this node wrote there; null if it wrote none, or none of it is left. */
  private @Nullable RecentEntry written;

  /** The newest stamp that comes from the write, in jiffies. */
  private long writtenUntil;

  /** Whether the kernel took the time of the write for the entry's, so that it counts too long. */
  private boolean stamped;

  KnownRow(RecentRow row, @Nullable RecentEntry written, long writtenUntil) {
    this.row = row;
    this.written = written;
    this.writtenUntil = writtenUntil;
  }

  /** The row as it is now stands for {@code entry}, but carries the time of a write. */
  void own(RecentEntry entry) {
    written = entry;
    writtenUntil = row.lastSeen();
    stamped = true;
  }

  /** The entry that was written has a newer state in the cluster: the row stands for that one. */
  void standsFor(RecentEntry entry) {
    written = entry;
  }

  /** The kernel's word holds from now on, whatever this node wrote. */
  void settle() {
    stamped = false;
  }

  /** The entry that the row stands for, if it carries the time of a write instead of its own. */
  @Nullable RecentEntry stampedEntry(JiffiesWidth width) {
    return stamped && isOwn(width) ? written : null;
  }

  /** When the client was seen last, in wall-clock milliseconds. */
  long lastSeenMs(JiffiesMoment moment) {
    RecentEntry base = written;
    return base != null && isOwn(moment.width())
        ? base.lastSeenMs()
        : moment.toWallMs(row.lastSeen());
  }

  /** Whether the row, as it was last, is what this node wrote, and no packet came since. */
  boolean isOwn(JiffiesWidth width) {
    return isOwn(row, width);
  }

  /** Whether the row, as it is {@code now}, is what this node wrote. */
  boolean isOwn(RecentRow now, JiffiesWidth width) {
    return written != null && width.since(now.lastSeen(), writtenUntil) <= 0;
  }

  /**
   * The entry that the changed row {@code now} stands for. Stamps that come from this node's write
   * are not translated: they stand for those of the entry that was written, which a stock kernel
   * could not take.
   */
  RecentEntry entry(String table, RecentRow now, JiffiesMoment moment) {
    RecentEntry base = written;
    if (base == null) {
      return translate(table, now, moment);
    }
    int own = 0;
    while (own < now.stamps() && moment.width().since(now.stamp(own), writtenUntil) <= 0) {
      own++;
    }
    if (own == 0) {
      written = null;
      return translate(table, now, moment);
    }
    int fresh = now.stamps() - own;
    int ring = Math.max(DEFAULT_RING, Math.max(base.stamps(), now.stamps()));
    int kept = Math.max(0, Math.min(base.stamps(), ring - fresh));
    long[] stamps =
        Arrays.copyOfRange(base.stampsMs(), base.stamps() - kept, base.stamps() + fresh);
    for (int i = 0; i < fresh; i++) {
      stamps[kept + i] = moment.toWallMs(now.stamp(own + i));
    }
    return new RecentEntry(base.key(), now.ttl(), newest(stamps));
  }

  /** The entry that a row stands for which this node did not write. */
  static RecentEntry translate(String table, RecentRow row, JiffiesMoment moment) {
    long[] stamps = new long[row.stamps()];
    for (int i = 0; i < stamps.length; i++) {
      stamps[i] = moment.toWallMs(row.stamp(i));
    }
    return new RecentEntry(
        new RecentKey(table, row.address().toBytes()), row.ttl(), newest(stamps));
  }

  private static long[] newest(long[] stamps) {
    for (int i = 1; i < stamps.length; i++) {
      stamps[i] = Math.max(stamps[i], stamps[i - 1]);
    }
    return stamps.length <= RecentEntry.MAX_STAMPS
        ? stamps
        : Arrays.copyOfRange(stamps, stamps.length - RecentEntry.MAX_STAMPS, stamps.length);
  }
}
