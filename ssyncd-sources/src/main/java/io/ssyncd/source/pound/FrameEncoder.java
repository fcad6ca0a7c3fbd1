package io.ssyncd.source.pound;

import io.ssyncd.session.Bytes;
import io.ssyncd.session.HttpKey;
import io.ssyncd.session.HttpSession;
import io.ssyncd.session.Scope;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Builds the frames that we send to Pound: nothing else may ever be sent, for garbage kills it.
 * Each method appends one frame at the buffer's position, moves the position behind it and returns
 * the frame's length in bytes. The buffer needs {@link #MAX_FRAME} bytes of room; its byte order
 * does not matter and stays.
 */
public final class FrameEncoder {
  /** No frame is longer: head, farm, ids, key, address and last access, all at their longest. */
  public static final int MAX_FRAME =
      FrameFormat.HEAD_BYTES
          + Scope.MAX_FARM_BYTES
          + FrameFormat.IDS_BYTES
          + 1
          + HttpKey.MAX_KEY_BYTES
          + 1
          + HttpSession.MAX_ADDRESS_BYTES
          + Long.BYTES;

  /** Pound counts the closing NUL in one byte together with the key. */
  public static final int MAX_KEY_BYTES = 254;

  /** Pound 2.8a.15 compares ids as signed numbers: to it, a larger one is 0. */
  private static final long MAX_ID = Integer.MAX_VALUE;

  private FrameEncoder() {}

  /** SYNC_REQUEST: send all sessions, then tell of changes. */
  public static int syncRequest(String farm, ByteBuffer to) {
    int from = head(FrameFormat.ACTION_SYNC_REQUEST, farm, to);
    return end(from, to);
  }

  /** A frame that Pound reads and ignores: once it is read, so is all that was sent before. */
  public static int marker(String farm, ByteBuffer to) {
    int from = head(FrameFormat.ACTION_IGNORED, farm, to);
    ids(0, 0, 0, to);
    terminated(Bytes.utf8("-"), to);
    return end(from, to);
  }

  /**
   * SESS_WRITE: the session is now so. Key and address count a closing NUL: Pound takes them for C
   * strings, and reads on into its heap where there is none (lengths 24, 40, 56 ...). The address
   * is what Pound announced, an IP without a port: Pound goes by the backend's position and only
   * logs the address, but dies of an empty one. The last access is cut to whole seconds; as Pound
   * takes 0 for now, the earliest is 1.
   *
   * @throws IllegalArgumentException for a key or an address that would kill Pound or be cut:
   *     empty, over 254 bytes, or with a NUL inside; and for an id over 2^31 - 1
   */
  public static int write(HttpSession session, ByteBuffer to) {
    HttpKey key = session.key();
    requireText("key", key.key());
    requireText("address", session.address());
    requireIds(key, session.backend());
    int from = head(FrameFormat.ACTION_WRITE, key.farm(), to);
    ids(key.listener(), key.service(), session.backend(), to);
    terminated(key.key(), to);
    terminated(session.address(), to);
    u64(Math.max(1, Math.floorDiv(session.lastAccessMs(), 1000L)), to);
    return end(from, to);
  }

  /** Whether Pound can take these bytes for a key. */
  public static boolean fits(Bytes key) {
    if (key.length() == 0 || key.length() > MAX_KEY_BYTES) {
      return false;
    }
    for (int i = 0; i < key.length(); i++) {
      if (key.at(i) == 0) {
        return false;
      }
    }
    return true;
  }

  private static void requireText(String what, Bytes bytes) {
    if (!fits(bytes)) {
      throw new IllegalArgumentException(
          "Pound takes no " + what + " of " + bytes.length() + " bytes, or with a NUL inside");
    }
  }

  private static void requireIds(HttpKey key, long backend) {
    if (key.listener() > MAX_ID || key.service() > MAX_ID || backend > MAX_ID) {
      throw new IllegalArgumentException(
          key + " on backend " + backend + ": Pound takes no id over " + MAX_ID);
    }
  }

  private static int head(int action, String farm, ByteBuffer to) {
    byte[] name = Scope.farm(farm).name().getBytes(StandardCharsets.UTF_8);
    int from = to.position();
    to.put((byte) FrameFormat.MAGIC_0).put((byte) FrameFormat.MAGIC_1);
    to.put((byte) FrameFormat.TYPE_HTTP).put((byte) 0).put((byte) 0).put((byte) action);
    to.put((byte) name.length).put(name);
    return from;
  }

  private static void ids(long listener, long service, long backend, ByteBuffer to) {
    u32(listener, to);
    u32(service, to);
    u32(backend, to);
  }

  private static void terminated(Bytes text, ByteBuffer to) {
    to.put((byte) (text.length() + 1));
    text.writeTo(to);
    to.put((byte) 0);
  }

  /** Pound trusts the length of what we send: it has to be the true one. */
  private static int end(int from, ByteBuffer to) {
    int length = to.position() - from;
    to.put(from + FrameFormat.AT_LENGTH, (byte) length);
    to.put(from + FrameFormat.AT_LENGTH + 1, (byte) (length >> 8));
    return length;
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
