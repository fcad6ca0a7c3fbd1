package io.ssyncd.log.atomix;

import io.ssyncd.log.ReplicatedLog;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * What members tell each other beside the log, as a request and as its answer: {@code version(1)
 * sent(8) received(8) answered(8) name(1+n) notice(4+n)}, big-endian.
 *
 * @param name who speaks
 * @param sent when the request left, microseconds by the asker's wall clock; echoed
 * @param received when it arrived, by the answerer's; 0 in a request
 * @param answered when the answer left, by the answerer's; 0 in a request
 * @param notice what the speaker published last
 */
record Probe(String name, long sent, long received, long answered, byte[] notice) {
  private static final byte VERSION = 1;
  private static final int MAX_NAME_BYTES = 255;
  private static final int FIXED_BYTES = 1 + 3 * Long.BYTES + 1 + Integer.BYTES;

  /** The largest probe on the wire. */
  static final int MAX_BYTES = FIXED_BYTES + MAX_NAME_BYTES + ReplicatedLog.MAX_NOTICE_BYTES;

  byte[] encode() {
    byte[] who = name.getBytes(StandardCharsets.UTF_8);
    if (who.length > MAX_NAME_BYTES) {
      throw new IllegalArgumentException("a member name of " + who.length + " bytes");
    }
    return ByteBuffer.allocate(FIXED_BYTES + who.length + notice.length)
        .put(VERSION)
        .putLong(sent)
        .putLong(received)
        .putLong(answered)
        .put((byte) who.length)
        .put(who)
        .putInt(notice.length)
        .put(notice)
        .array();
  }

  /**
   * Reads a probe.
   *
   * @throws IllegalArgumentException naming what is wrong with the bytes
   */
  static Probe decode(byte[] bytes) {
    if (bytes.length > MAX_BYTES) {
      throw new IllegalArgumentException("a probe of " + bytes.length + " bytes");
    }
    ByteBuffer in = ByteBuffer.wrap(bytes);
    try {
      byte version = in.get();
      if (version != VERSION) {
        throw new IllegalArgumentException("a probe of version " + version);
      }
      long sent = in.getLong();
      long received = in.getLong();
      long answered = in.getLong();
      byte[] name = new byte[in.get() & 0xff];
      in.get(name);
      int length = in.getInt();
      if (length < 0 || length != in.remaining()) {
        throw new IllegalArgumentException("a notice of " + length + " bytes in " + in.remaining());
      }
      byte[] notice = new byte[length];
      in.get(notice);
      return new Probe(new String(name, StandardCharsets.UTF_8), sent, received, answered, notice);
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("a probe cut after " + bytes.length + " bytes", e);
    }
  }
}
