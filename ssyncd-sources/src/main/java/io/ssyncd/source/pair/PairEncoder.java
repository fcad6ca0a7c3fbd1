package io.ssyncd.source.pair;

import io.ssyncd.session.HttpKey;
import io.ssyncd.session.HttpSession;
import io.ssyncd.session.RecentKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Builds frames of the pair's protocol, as a master sends them; see {@link PairFrame}. Each method
 * appends one frame at the buffer's position, which needs {@link #MAX_FRAME} bytes of room; its
 * byte order does not matter and stays.
 */
public final class PairEncoder {
  /** No frame is longer. */
  public static final int MAX_FRAME = PairFormat.MAX_FRAME;

  /** The most stamps of an entry. */
  public static final int MAX_STAMPS = PairFormat.MAX_STAMPS;

  /** Of ids an old backup writes the low 8 bits into its Pound: a larger one names another. */
  private static final int MAX_ID = 255;

  private PairEncoder() {}

  /** What a backup says first: send all, then tell of changes. */
  public static void syncRequest(ByteBuffer to) {
    head(PairFormat.TYPE_SYNC_REQUEST, to);
  }

  /** Why an old backup cannot be told of that session, as a word; empty if it can. */
  public static Optional<String> refusal(HttpSession session) {
    Optional<String> ids = refusal(session.key());
    if (ids.isPresent()) {
      return ids;
    }
    if (session.backend() > MAX_ID) {
      return Optional.of("id-over-255");
    }
    // To the original an empty content is one of no length; its Pound dies of it.
    return session.address().length() == 0 ? Optional.of("no-address") : Optional.empty();
  }

  /** Why an old backup cannot be told of a session with that key, as a word; empty if it can. */
  public static Optional<String> refusal(HttpKey key) {
    return key.listener() > MAX_ID || key.service() > MAX_ID
        ? Optional.of("id-over-255")
        : Optional.empty();
  }

  /** Why an old backup cannot be told of that entry, as a word; empty if it can. */
  public static Optional<String> refusal(RecentKey key) {
    return key.isIpv6() ? Optional.of("ipv6") : Optional.empty();
  }

  /** A session is now so. */
  public static void session(HttpSession session, ByteBuffer to) {
    int from = http(PairFormat.ACTION_ADD, session.key(), session.backend(), to);
    to.put((byte) session.address().length());
    session.address().writeTo(to);
    u64(Math.floorDiv(session.lastAccessMs(), 1000L), to);
    end(from, to);
  }

  /** A session is gone. */
  public static void sessionGone(HttpKey key, ByteBuffer to) {
    end(http(PairFormat.ACTION_DELETE, key, 0, to), to);
  }

  /** All sessions of a farm are gone. */
  public static void farmCleared(String farm, ByteBuffer to) {
    int from = farm(PairFormat.ACTION_CLEAR, farm, to);
    for (int i = 0; i < 3; i++) {
      u32(0, to);
    }
    to.put((byte) 0);
    end(from, to);
  }

  /**
   * An entry is now so.
   *
   * @param jiffies oldest first, 1 to {@value #MAX_STAMPS}
   */
  public static void entry(RecentKey key, int ttl, long[] jiffies, ByteBuffer to) {
    int from = recent(PairFormat.RECENT_UPDATE, key, to);
    to.put((byte) jiffies.length).put((byte) ttl).put((byte) jiffies.length);
    for (long stamp : jiffies) {
      u64(stamp, to);
    }
    table(key.table(), to);
    end(from, to);
  }

  /** An entry is gone. */
  public static void entryGone(RecentKey key, ByteBuffer to) {
    int from = recent(PairFormat.RECENT_DELETE, key, to);
    table(key.table(), to);
    end(from, to);
  }

  /** All entries of a table are gone: action 3, which the original knows and never sends. */
  public static void tableFlushed(String table, ByteBuffer to) {
    int from = head(PairFormat.TYPE_RECENT, to);
    to.put((byte) PairFormat.RECENT_FLUSH);
    table(table, to);
    end(from, to);
  }

  private static int http(int action, HttpKey key, long backend, ByteBuffer to) {
    int from = farm(action, key.farm(), to);
    u32(key.listener(), to);
    u32(key.service(), to);
    u32(backend, to);
    to.put((byte) key.key().length());
    key.key().writeTo(to);
    return from;
  }

  private static int farm(int action, String farm, ByteBuffer to) {
    int from = head(PairFormat.TYPE_HTTP, to);
    byte[] name = farm.getBytes(StandardCharsets.UTF_8);
    to.put((byte) action).put((byte) name.length).put(name);
    return from;
  }

  private static int recent(int action, RecentKey key, ByteBuffer to) {
    int from = head(PairFormat.TYPE_RECENT, to);
    to.put((byte) action).put((byte) PairFormat.FAMILY_IPV4);
    key.address().writeTo(to);
    return from;
  }

  private static void table(String table, ByteBuffer to) {
    byte[] name = table.getBytes(StandardCharsets.UTF_8);
    to.put((byte) (name.length + 1)).put(name);
  }

  private static int head(int type, ByteBuffer to) {
    int from = to.position();
    to.put((byte) PairFormat.MAGIC_0).put((byte) PairFormat.MAGIC_1).put((byte) type);
    to.put((byte) 0).put((byte) 0);
    return from;
  }

  private static void end(int from, ByteBuffer to) {
    int length = to.position() - from;
    to.put(from + 3, (byte) length).put(from + 4, (byte) (length >> 8));
  }

  private static void u32(long value, ByteBuffer to) {
    to.put((byte) value).put((byte) (value >> 8));
    to.put((byte) (value >> 16)).put((byte) (value >> 24));
  }

  private static void u64(long value, ByteBuffer to) {
    u32(value, to);
    u32(value >>> 32, to);
  }
}
