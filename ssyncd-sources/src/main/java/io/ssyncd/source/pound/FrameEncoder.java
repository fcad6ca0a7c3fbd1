package io.ssyncd.source.pound;

import io.ssyncd.session.Bytes;
import io.ssyncd.session.HttpKey;
import io.ssyncd.session.HttpSession;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Builds the frames that we send to Pound: nothing else may ever be sent, for garbage kills it.
 * Each method appends one frame at the buffer's position, moves the position behind it and returns
 * the frame's length in bytes.
 */
public final class FrameEncoder {
  /** No frame is longer: head, farm, ids, key, address and last access, all at their longest. */
  public static final int MAX_FRAME =
      FrameFormat.HEAD_BYTES + 255 + FrameFormat.IDS_BYTES + 1 + 255 + 1 + 255 + Long.BYTES;

  /** Pound counts the closing NUL in one byte together with the key. */
  public static final int MAX_KEY_BYTES = 254;

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
   * strings, and reads on into its heap where there is none (lengths 24, 40, 56 ...).
   *
   * @throws IllegalArgumentException for a key or an address that would kill Pound or be cut:
   *     empty, over 254 bytes, or with a NUL inside
   */
  public static int write(HttpSession session, ByteBuffer to) {
    HttpKey key = session.key();
    requireText("key", key.key());
    requireText("address", session.address());
    int from = head(FrameFormat.ACTION_WRITE, key.farm(), to);
    ids(key.listener(), key.service(), session.backend(), to);
    terminated(key.key(), to);
    terminated(session.address(), to);
    to.putLong(session.lastAccessMs() / 1000);
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

  private static int head(int action, String farm, ByteBuffer to) {
    byte[] name = farm.getBytes(StandardCharsets.UTF_8);
    to.order(ByteOrder.LITTLE_ENDIAN);
    int from = to.position();
    to.put((byte) FrameFormat.MAGIC_0).put((byte) FrameFormat.MAGIC_1);
    to.put((byte) FrameFormat.TYPE_HTTP).putShort((short) 0).put((byte) action);
    to.put((byte) name.length).put(name);
    return from;
  }

  private static void ids(long listener, long service, long backend, ByteBuffer to) {
    to.putInt((int) listener).putInt((int) service).putInt((int) backend);
  }

  private static void terminated(Bytes text, ByteBuffer to) {
    to.put((byte) (text.length() + 1));
    text.writeTo(to);
    to.put((byte) 0);
  }

  /** Pound trusts the length of what we send: it has to be the true one. */
  private static int end(int from, ByteBuffer to) {
    int length = to.position() - from;
    to.putShort(from + FrameFormat.AT_LENGTH, (short) length);
    return length;
  }
}
