package io.ssyncd.log.atomix;

import io.ssyncd.log.ReplicatedLog;
import java.nio.ByteBuffer;

/**
 * What members tell each other beside the log, as a request and as its answer: {@code version(1)
 * sent(8) received(8) answered(8) notice}, big-endian.
 *
 * @param sent when the request left, in microseconds of whatever clock the asker likes; echoed
 * @param received when it arrived, in microseconds since 1970 by the answerer's wall clock; 0 in a
 *     request
 * @param answered when the answer left, by the answerer's; 0 in a request
 * @param notice what the speaker published last
 */
record Probe(long sent, long received, long answered, byte[] notice) {
  private static final byte VERSION = 1;
  private static final int FIXED_BYTES = 1 + 3 * Long.BYTES;

  /** The largest probe on the wire. */
  static final int MAX_BYTES = FIXED_BYTES + ReplicatedLog.MAX_NOTICE_BYTES;

  byte[] encode() {
    return ByteBuffer.allocate(FIXED_BYTES + notice.length)
        .put(VERSION)
        .putLong(sent)
        .putLong(received)
        .putLong(answered)
        .put(notice)
        .array();
  }

  /**
   * Reads a probe.
   *
   * @throws IllegalArgumentException naming what is wrong with the bytes
   */
  static Probe decode(byte[] bytes) {
    if (bytes.length < FIXED_BYTES || bytes.length > MAX_BYTES) {
      throw new IllegalArgumentException("a probe of " + bytes.length + " bytes");
    }
    ByteBuffer in = ByteBuffer.wrap(bytes);
    byte version = in.get();
    if (version != VERSION) {
      throw new IllegalArgumentException("a probe of version " + version);
    }
    long sent = in.getLong();
    long received = in.getLong();
    long answered = in.getLong();
    byte[] notice = new byte[in.remaining()];
    in.get(notice);
    return new Probe(sent, received, answered, notice);
  }
}
