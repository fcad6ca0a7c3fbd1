package io.ssyncd.pound.standin;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Takes requests out of the bytes received, with the faults of Pound 2.8a.15 ({@code deserialize}
 * and the loop around it):
 *
 * <ul>
 *   <li>It waits for more only while fewer bytes are there than {@code len} says. {@code len} is
 *       put together from two <em>signed</em> bytes: with a low or high byte of 0x80 and above it
 *       is negative and nothing is waited for.
 *   <li>It then reads as many bytes as the fields ask for, received or not (what is missing reads
 *       as zeros), and subtracts them from the fill level, which becomes negative: memory before
 *       and behind the buffer is overwritten. Depending on how far, the real one crashes at once or
 *       goes on out of step; here it is death in every case.
 *   <li>Strings get no NUL. {@code calloc} leaves a zero behind them except where the size fills
 *       the block (24, 40, ... 248): there the size field of the next block is read as part of the
 *       string.
 * </ul>
 *
 * <p>Used by one thread.
 */
final class ReceiveBuffer {
  /** As large as Pound's; its {@code len} cannot ask for more than 32,767 bytes. */
  static final int CAPACITY = 65_555 * 100;

  private static final int FIRST_BYTES = 1 << 16;
  private static final int LEN_AT = 3;
  private static final int ACTION_AT = 5;

  private byte[] bytes = new byte[FIRST_BYTES];
  private int start;
  private int end;

  /** Adds what was received. */
  void append(ByteBuffer received) throws PoundDeath {
    int count = received.remaining();
    if (end - start + count > CAPACITY) {
      throw new PoundDeath("more than " + CAPACITY + " bytes waiting");
    }
    if (end + count > bytes.length) {
      byte[] room = end - start + count > bytes.length ? grown(end - start + count) : bytes;
      System.arraycopy(bytes, start, room, 0, end - start);
      bytes = room;
      end -= start;
      start = 0;
    }
    received.get(bytes, end, count);
    end += count;
  }

  private byte[] grown(int needed) {
    return new byte[Math.max(2 * bytes.length, needed)];
  }

  /** Forgets what was received, as Pound does when any connection closes. */
  void clear() {
    start = 0;
    end = 0;
  }

  /** The next request; null when more has to be received first. */
  @Nullable Request next() throws PoundDeath {
    int available = end - start;
    if (available == 0 || available < len()) {
      return null;
    }
    Reader in = new Reader(start + ACTION_AT);
    int action = in.u8();
    in.skip(in.u8());
    Request request = action == Request.SYNC_REQUEST ? sync() : in.rest(action);
    int used = in.at - start;
    if (used > available) {
      throw new PoundDeath(
          "read "
              + used
              + " bytes of a frame of which "
              + available
              + " were there (len "
              + len()
              + ")");
    }
    start += used;
    return request;
  }

  private static Request sync() {
    return new Request(Request.SYNC_REQUEST, 0, 0, 0, null, false, 0);
  }

  /** As Pound computes it, from signed bytes. */
  private int len() {
    return signed(start + LEN_AT) | (signed(start + LEN_AT + 1) << 8);
  }

  private int signed(int at) {
    return at < end ? bytes[at] : 0;
  }

  /** Reads fields; what was not received reads as zeros. */
  private final class Reader {
    int at;

    Reader(int at) {
      this.at = at;
    }

    int u8() {
      return signed(at++) & 0xff;
    }

    void skip(int count) {
      at += count;
    }

    Request rest(int action) {
      int listener = (int) little(4);
      int service = (int) little(4);
      int backend = (int) little(4);
      byte[] key = string();
      boolean withContent = action == 2 || action == 4 || action == Request.SESS_WRITE;
      byte[] content = withContent ? string() : null;
      long lastAccess = withContent ? little(8) : 0;
      byte[] text = key.length == 0 ? null : cString(key, content == null ? 0 : content.length);
      return new Request(
          action,
          listener,
          service,
          backend,
          text,
          content != null && content.length > 0,
          lastAccess);
    }

    private long little(int count) {
      long value = 0;
      for (int i = 0; i < count; i++) {
        value |= (long) u8() << (8 * i);
      }
      return value;
    }

    private byte[] string() {
      byte[] value = new byte[u8()];
      for (int i = 0; i < value.length; i++) {
        value[i] = (byte) u8();
      }
      return value;
    }
  }

  private static byte[] cString(byte[] field, int contentSize) {
    byte[] text = ServiceTable.untilNul(field);
    boolean ended = text.length < field.length;
    return ended || !fillsItsBlock(field.length) ? text : withNextBlockSize(text, contentSize);
  }

  /** glibc gives out blocks of 24 + 16n usable bytes. */
  private static boolean fillsItsBlock(int size) {
    return size >= 24 && size % 16 == 8;
  }

  /**
   * The content's block lies behind the key's: the key goes on with the block's size, whose low
   * bits are flags (in use, not of the main arena), up to its first zero byte.
   */
  private static byte[] withNextBlockSize(byte[] key, int contentSize) {
    int block = Math.max(32, (contentSize + 8 + 15) & ~15) | 5;
    byte[] garbled = Arrays.copyOf(key, key.length + (block > 0xff ? 2 : 1));
    garbled[key.length] = (byte) block;
    if (block > 0xff) {
      garbled[key.length + 1] = (byte) (block >>> 8);
    }
    return garbled;
  }
}
