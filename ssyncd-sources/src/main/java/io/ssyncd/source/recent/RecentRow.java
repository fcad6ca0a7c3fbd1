package io.ssyncd.source.recent;

import java.util.Arrays;

/**
 * A row of a table in this host's own time: what is compared to see whether anything happened.
 * Immutable.
 */
public final class RecentRow {
  private final RecentAddress address;
  private final int ttl;
  private final long[] stamps;

  /**
   * @param address whose row it is
   * @param ttl 0 to 255
   * @param stamps raw jiffies, oldest first, at least one; the array is taken over
   */
  RecentRow(RecentAddress address, int ttl, long[] stamps) {
    this.address = address;
    this.ttl = ttl;
    this.stamps = stamps;
  }

  /** A row of these stamps, oldest first. */
  public static RecentRow of(RecentAddress address, int ttl, long... stamps) {
    if (stamps.length == 0) {
      throw new IllegalArgumentException("a row has a stamp at least");
    }
    return new RecentRow(address, ttl, stamps.clone());
  }

  /** Whose row it is. */
  public RecentAddress address() {
    return address;
  }

  /** The time to live that the kernel kept; 0 if no packet made the row, but a write. */
  public int ttl() {
    return ttl;
  }

  /** How many stamps there are, at least one. */
  public int stamps() {
    return stamps.length;
  }

  /** The stamp at {@code index} in jiffies, 0 being the oldest. */
  public long stamp(int index) {
    return stamps[index];
  }

  /** The newest stamp in jiffies. */
  public long lastSeen() {
    return stamps[stamps.length - 1];
  }

  /** Whether {@code count} values of {@code others} are this row's stamps. */
  boolean hasStamps(long[] others, int count) {
    return Arrays.equals(stamps, 0, stamps.length, others, 0, count);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RecentRow that
        && ttl == that.ttl
        && address.equals(that.address)
        && Arrays.equals(stamps, that.stamps);
  }

  @Override
  public int hashCode() {
    return (address.hashCode() * 31 + ttl) * 31 + Arrays.hashCode(stamps);
  }

  @Override
  public String toString() {
    return address + " ttl " + ttl + " with " + stamps.length + " stamps";
  }
}
