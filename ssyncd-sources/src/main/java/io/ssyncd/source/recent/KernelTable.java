package io.ssyncd.source.recent;

import io.ssyncd.session.RecentEntry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What this node knows of one table: the rows as source or sink last saw them. A row that stays as
 * it is known is never news, so what the sink writes does not come back through the source.
 *
 * <p>All but {@link #name} and {@link #lock} need the lock to be held. A writer holds it from its
 * first look at the table to its read-back; the source passes a locked table over.
 */
public final class KernelTable {
  private final String name;
  private final ReentrantLock lock = new ReentrantLock();
  final Map<RecentAddress, KnownRow> rows = new HashMap<>();

  /** Numbers the source's readings. */
  long readings;

  KernelTable(String name) {
    this.name = name;
  }

  /** The table's name. */
  public String name() {
    return name;
  }

  /** Guards the table's rows, here and in the kernel. */
  public ReentrantLock lock() {
    return lock;
  }

  /**
   * A write put {@code entry} in the place of what was known there.
   *
   * @param row what the table holds of it, without what packets may have added since
   */
  public void written(RecentRow row, RecentEntry entry) {
    rows.put(row.address(), new KnownRow(row, entry, row.lastSeen()));
  }

  /**
   * The same in a kernel that keeps no ages: the row carries the time of the write, and rules that
   * look at its age count it for longer than the entry's own time.
   *
   * @param row what the table holds of it, without what packets may have added since
   */
  public void stamped(RecentRow row, RecentEntry entry) {
    KnownRow known = new KnownRow(row, null, 0);
    known.own(entry);
    rows.put(row.address(), known);
  }

  /**
   * The entries of rows that carry the time of a write, as far as nothing has refreshed them.
   *
   * @param untilMs only those whose client was seen at this time or before, in wall-clock
   *     milliseconds
   */
  public List<RecentEntry> stampedUntil(long untilMs, JiffiesWidth width) {
    List<RecentEntry> entries = new ArrayList<>();
    for (KnownRow known : rows.values()) {
      RecentEntry entry = known.stampedEntry(width);
      if (entry != null && entry.lastSeenMs() <= untilMs) {
        entries.add(entry);
      }
    }
    return entries;
  }

  /** The cluster holds a newer state of an entry that was written: its row stands for that one. */
  public void standsFor(RecentEntry entry) {
    KnownRow known = rows.get(RecentAddress.of(entry.key().address()));
    if (known != null) {
      known.standsFor(entry);
    }
  }

  /** The row no longer carries the time of a write: packets have refreshed it, or it is gone. */
  public void settled(RecentAddress address) {
    KnownRow known = rows.get(address);
    if (known != null) {
      known.settle();
    }
  }

  /** The row was taken out of the table by this node. */
  public void removed(RecentAddress address) {
    rows.remove(address);
  }

  /** The table was emptied by this node, on an operator's word. */
  public void cleared() {
    rows.clear();
  }

  /** The row of an address as it was last known; null if none is. */
  public @Nullable RecentRow known(RecentAddress address) {
    KnownRow known = rows.get(address);
    return known == null ? null : known.row;
  }

  /** How many rows are known. */
  public int knownRows() {
    return rows.size();
  }

  /** Whether a row, as it is now, is what this node wrote in this life. */
  public boolean isOwn(RecentRow row, JiffiesWidth width) {
    KnownRow known = rows.get(row.address());
    return known != null && known.isOwn(row, width);
  }

  /** Whether a row is what this node wrote in this life, and not a packet came since. */
  public boolean isUntouched(RecentRow row, JiffiesWidth width) {
    KnownRow known = rows.get(row.address());
    return known != null && known.isOwn(row, width) && known.row.equals(row);
  }
}
