package io.ssyncd.log.atomix.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;

/**
 * The greeting of the member that connects: {@code length(2) magic(4) version(1) cluster(1+n)
 * from(1+n) to(1+n)}, big-endian, names in UTF-8. Where members share a key it has the form of
 * {@link KeyExchange}.
 *
 * @param cluster the cluster it believes to speak in
 * @param from its own name
 * @param to the member it believes to speak to
 */
record Hello(String cluster, String from, String to) {
  static final int MAGIC = 0x73737964;
  static final byte VERSION = 1;

  /** Longest greeting or answer, its length excluded. */
  static final int MAX_BYTES = 6 + 3 * (1 + Identity.MAX_NAME_BYTES) + KeyExchange.NONCE_BYTES;

  /**
   * Of somebody who does not know the cluster yet, nor who is at the address; see {@link
   * Introductions}.
   */
  static Hello ofStranger(String name) {
    return new Hello("", name, "");
  }

  /** Whether it is a stranger's. */
  boolean isStrangers() {
    return cluster.isEmpty() && to.isEmpty();
  }

  ByteBuf encode(ByteBufAllocator allocator) {
    ByteBuf out = allocator.buffer(MAX_BYTES + 2);
    out.writeShort(0).writeInt(MAGIC).writeByte(VERSION);
    writeText(out, cluster);
    writeText(out, from);
    writeText(out, to);
    return out.setShort(0, out.writerIndex() - 2);
  }

  /**
   * Reads a greeting without its length.
   *
   * @throws IllegalArgumentException naming what is wrong
   */
  static Hello decode(ByteBuf in) {
    readPreamble(in);
    Hello hello = new Hello(readText(in), readText(in), readText(in));
    if (in.isReadable()) {
      throw new IllegalArgumentException(in.readableBytes() + " bytes after the greeting");
    }
    return hello;
  }

  static void readPreamble(ByteBuf in) {
    if (in.readableBytes() < 5) {
      throw new IllegalArgumentException("a greeting of " + in.readableBytes() + " bytes");
    }
    int magic = in.readInt();
    if (magic != MAGIC) {
      throw new IllegalArgumentException(String.format("a greeting that begins with %08x", magic));
    }
    byte version = in.readByte();
    if (version != VERSION) {
      throw new IllegalArgumentException("a greeting of version " + version);
    }
  }

  static void writeText(ByteBuf out, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int length = Math.min(bytes.length, Identity.MAX_NAME_BYTES);
    out.writeByte(length).writeBytes(bytes, 0, length);
  }

  static String readText(ByteBuf in) {
    if (!in.isReadable()) {
      throw new IllegalArgumentException("a greeting cut before a name");
    }
    int length = in.readUnsignedByte();
    if (in.readableBytes() < length) {
      throw new IllegalArgumentException("a greeting cut within a name");
    }
    return in.readCharSequence(length, StandardCharsets.UTF_8).toString();
  }
}
