package io.ssyncd.session;

import java.util.Arrays;

/**
 * An entry of an xt_recent table: when a client's packets were seen. Immutable; times are
 * wall-clock, never jiffies, for a jiffy means nothing on another host.
 *
 * @param key the entry's identity
 * @param ttl the packet's time to live as the kernel kept it, 0 to 255
 * @param stampsMs wall-clock milliseconds since 1970, oldest first, 1 to {@value #MAX_STAMPS}; the
 *     last one is the entry's last seen
 */
public record RecentEntry(RecentKey key, int ttl, long... stampsMs) implements SessionRecord {
  /**
   * The most stamps of one entry. {@code ip_pkt_list_tot} reaches 255 up to Linux 6.10 and 65,535
   * later; a record has to fit into a batch, so of longer rings the newest stamps are kept.
   */
  public static final int MAX_STAMPS = 4096;

  public RecentEntry {
    if (ttl < 0 || ttl > 255) {
      throw new IllegalArgumentException("a ttl is 0 to 255, not " + ttl);
    }
    if (stampsMs.length == 0 || stampsMs.length > MAX_STAMPS) {
      throw new IllegalArgumentException(
          "an entry has 1 to " + MAX_STAMPS + " stamps, not " + stampsMs.length);
    }
    stampsMs = stampsMs.clone();
  }

  /** A copy of the stamps. */
  @Override
  public long[] stampsMs() {
    return stampsMs.clone();
  }

  /** How many stamps there are. */
  public int stamps() {
    return stampsMs.length;
  }

  /** The stamp at {@code index}, 0 being the oldest. */
  public long stampMs(int index) {
    return stampsMs[index];
  }

  /** The newest stamp. */
  public long lastSeenMs() {
    return stampsMs[stampsMs.length - 1];
  }

  /** The same, seen so many milliseconds later; no stamp goes before 1970. */
  public RecentEntry later(long ms) {
    if (ms == 0) {
      return this;
    }
    long[] moved = stampsMs.clone();
    Arrays.setAll(moved, i -> Math.max(0, stampsMs[i] + ms));
    return new RecentEntry(key, ttl, moved);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RecentEntry that
        && ttl == that.ttl
        && key.equals(that.key)
        && Arrays.equals(stampsMs, that.stampsMs);
  }

  @Override
  public int hashCode() {
    return (key.hashCode() * 31 + ttl) * 31 + Arrays.hashCode(stampsMs);
  }

  @Override
  public String toString() {
    return key + " ttl " + ttl + " with " + stampsMs.length + " stamps";
  }
}
