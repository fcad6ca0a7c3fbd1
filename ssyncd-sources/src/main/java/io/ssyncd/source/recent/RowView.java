package io.ssyncd.source.recent;

import java.util.Arrays;

/** The row that a parser has just read; the parser fills it anew for each. Not thread-safe. */
public final class RowView {
  /**
   * The most stamps of a row: the kernel counts them in 16 bits (in 8 before Linux 6.11), and one
   * more may be known by {@code last_seen} alone.
   */
  static final int MAX_STAMPS = (1 << 16) + 1;

  private final JiffiesWidth width;
  RecentAddress address = new RecentAddress(false, 0, 0);
  int ttl;
  private long[] ring = new long[32];

  /** The ring's stamps in order, and perhaps one more. */
  private long[] stamps = new long[ring.length + 1];

  private int count;

  RowView(JiffiesWidth width) {
    this.width = width;
  }

  /** Whose row it is. */
  public RecentAddress address() {
    return address;
  }

  /** How many stamps there are, at least one. */
  public int stamps() {
    return count;
  }

  /** The oldest stamp in jiffies. */
  public long oldest() {
    return stamps[0];
  }

  /** The newest stamp in jiffies. */
  public long lastSeen() {
    return stamps[count - 1];
  }

  /** Whether {@code row} says the very same. */
  public boolean matches(RecentRow row) {
    return ttl == row.ttl() && address.equals(row.address()) && row.hasStamps(stamps, count);
  }

  /** A copy to keep. */
  public RecentRow toRow() {
    return new RecentRow(address, ttl, Arrays.copyOf(stamps, count));
  }

  void clear() {
    count = 0;
  }

  /** Appends a stamp as printed; false if there are too many. */
  boolean add(long stamp) {
    if (count == MAX_STAMPS - 1) {
      return false;
    }
    if (count == ring.length) {
      ring = Arrays.copyOf(ring, Math.min(2 * count, MAX_STAMPS));
    }
    ring[count++] = stamp;
    return true;
  }

  /**
   * Brings the stamps into order, oldest first. An index of 0 follows the last place of the largest
   * ring, whose stamp the kernel does not print but as {@code last_seen}.
   *
   * @param index the place in the ring that is written next
   * @param lastSeen the newest stamp, as the kernel says
   */
  void order(int index, long lastSeen) {
    if (stamps.length <= ring.length) {
      stamps = new long[ring.length + 1];
    }
    int start = index < count ? index : 0;
    System.arraycopy(ring, start, stamps, 0, count - start);
    System.arraycopy(ring, 0, stamps, count - start, start);
    sort();
    if (width.since(lastSeen, stamps[count - 1]) > 0) {
      stamps[count++] = lastSeen;
    }
  }

  /** Does nothing to a sound ring; sorts what the old restore module left out of order. */
  private void sort() {
    for (int i = 1; i < count; i++) {
      long stamp = stamps[i];
      int at = i;
      while (at > 0 && width.since(stamps[at - 1], stamp) > 0) {
        stamps[at] = stamps[at - 1];
        at--;
      }
      stamps[at] = stamp;
    }
  }
}
