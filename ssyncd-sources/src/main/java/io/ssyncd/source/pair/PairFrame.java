package io.ssyncd.source.pair;

import io.ssyncd.session.HttpKey;
import io.ssyncd.session.HttpSession;
import io.ssyncd.session.RecentKey;
import java.util.Arrays;

/**
 * A frame of the pair's TCP protocol (port 7777), as ssyncd 1.0.0 speaks it. All integers are
 * little-endian; {@code len} counts the whole frame, but for those that are nothing but their head,
 * which say 0:
 *
 * <pre>
 * ef ab | type u8 | len u16
 *   type 6 goes on:  action u8 | n u8, farm[n] | listener u32 | service u32 | backend u32
 *                    | k u8, key[k]
 *     actions 2, 4:  c u8, address[c] | lastAccess u64, Unix seconds
 *   type 4 goes on:  action u8 | family u8 = 1 | ip[4]
 *     action 1:      index u8 | ttl u8 | n u8 | jiffies u64 x n
 *                    and then  t u8, table[t - 1]
 * </pre>
 *
 * <p>A backup says type 8 and gets all that the master holds, entries before sessions, without a
 * mark at the end, and after that what happens.
 */
public sealed interface PairFrame {
  /** Type 8, from a backup: send all, then tell of changes. */
  record SyncRequest() implements PairFrame {}

  /**
   * Type 6: a session.
   *
   * @param session the low 8 bits of its ids are all that the original sends
   * @param added action 2, as in what answers a request; else 4, it was used
   */
  record Session(HttpSession session, boolean added) implements PairFrame {}

  /** Type 6, action 3: a session is gone. */
  record SessionGone(HttpKey key) implements PairFrame {}

  /** Type 6, action 0: the master's link to that Pound came or went. Its ids mean nothing. */
  record FarmCleared(String farm) implements PairFrame {}

  /**
   * Type 4, action 1: an entry of a kernel table.
   *
   * @param key of an IPv4 address
   * @param ttl 0 to 255
   * @param index where in the ring the next stamp goes; not always to be trusted
   * @param jiffies the ring as the master's kernel prints it, 1 to {@value PairFormat#MAX_STAMPS}
   *     stamps of that host's counter
   */
  record Entry(RecentKey key, int ttl, int index, long... jiffies) implements PairFrame {
    public Entry {
      jiffies = jiffies.clone();
    }

    /** A copy of the ring. */
    @Override
    public long[] jiffies() {
      return jiffies.clone();
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Entry that
          && ttl == that.ttl
          && index == that.index
          && key.equals(that.key)
          && Arrays.equals(jiffies, that.jiffies);
    }

    @Override
    public int hashCode() {
      return key.hashCode() * 31 + Arrays.hashCode(jiffies);
    }

    @Override
    public String toString() {
      return key + " ttl " + ttl + " with " + jiffies.length + " stamps";
    }
  }

  /** Type 4, action 2: an entry is gone. */
  record EntryGone(RecentKey key) implements PairFrame {}

  /**
   * A frame that is whole by its length, but nothing that could be kept.
   *
   * @param type of the frame
   * @param reason a word for counts, such as {@code empty-key}
   * @param offset of the frame in its stream, in bytes
   */
  record Refused(int type, String reason, long offset) implements PairFrame {}

  /** A frame that means nothing here. */
  record Other(int type) implements PairFrame {}
}
