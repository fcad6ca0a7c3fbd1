package io.ssyncd.log.atomix.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;

/**
 * What flows after the greeting: {@code length(4) kind(1) id(8)}, then {@code subject(1+n) payload}
 * of a request or the payload of an answer; big-endian, the length without itself.
 *
 * @param kind one of the constants
 * @param id names the request on its connection
 * @param subject of a request; empty in answers
 * @param payload the bytes
 */
record Frame(byte kind, long id, String subject, byte[] payload) {
  static final byte REQUEST = 1;
  static final byte ANSWER = 2;
  static final byte NO_HANDLER = 3;
  static final byte FAILED = 4;

  /** Largest frame without its length: Raft sends up to 32 KiB of entries and one more. */
  static final int MAX_BYTES = 512 * 1024;

  static final int LENGTH_BYTES = 4;
  private static final int HEADER_BYTES = 9;

  static Frame request(long id, String subject, byte[] payload) {
    return new Frame(REQUEST, id, subject, payload);
  }

  static Frame answer(long id, byte[] payload) {
    return new Frame(ANSWER, id, "", payload);
  }

  static Frame noHandler(long id) {
    return new Frame(NO_HANDLER, id, "", new byte[0]);
  }

  static Frame failed(long id, String why) {
    String text = why.length() > 500 ? why.substring(0, 500) : why;
    return new Frame(FAILED, id, "", text.getBytes(StandardCharsets.UTF_8));
  }

  /** Bytes on the wire without the length. */
  int size() {
    int size = HEADER_BYTES + payload.length;
    return kind == REQUEST ? size + 1 + subject.getBytes(StandardCharsets.UTF_8).length : size;
  }

  ByteBuf encode(ByteBufAllocator allocator) {
    int size = size();
    ByteBuf out = allocator.buffer(LENGTH_BYTES + size);
    out.writeInt(size).writeByte(kind).writeLong(id);
    if (kind == REQUEST) {
      Hello.writeText(out, subject);
    }
    return out.writeBytes(payload);
  }

  /**
   * Reads a frame without its length.
   *
   * @throws IllegalArgumentException naming what is wrong
   */
  static Frame decode(ByteBuf in) {
    if (in.readableBytes() < HEADER_BYTES) {
      throw new IllegalArgumentException("a frame of " + in.readableBytes() + " bytes");
    }
    byte kind = in.readByte();
    if (kind < REQUEST || kind > FAILED) {
      throw new IllegalArgumentException("a frame of kind " + kind);
    }
    long id = in.readLong();
    String subject = kind == REQUEST ? Hello.readText(in) : "";
    byte[] payload = new byte[in.readableBytes()];
    in.readBytes(payload);
    return new Frame(kind, id, subject, payload);
  }
}
