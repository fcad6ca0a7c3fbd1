package io.ssyncd.log.atomix.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * The answer to a {@link Hello}: {@code length(2) magic(4) version(1) code(1) text(1+n)}.
 *
 * @param code 0 for welcome, 1 for refused, 2 for refused because the asker is no member, 3 for
 *     refused because its cluster has ended
 * @param text why refused, for people
 */
record Welcome(int code, String text) {
  static final Welcome OK = new Welcome(0, "");

  static Welcome refused(String why) {
    return new Welcome(1, why);
  }

  static Welcome stranger(String why) {
    return new Welcome(2, why);
  }

  static Welcome ended(String why) {
    return new Welcome(3, why);
  }

  /** Whether the asker was refused because the cluster it believes in is no more. */
  boolean toGone() {
    return code == 3;
  }

  /** Whether the asker was refused because it is no member (yet, or any more). */
  boolean toStranger() {
    return code == 2;
  }

  boolean ok() {
    return code == 0;
  }

  ByteBuf encode(ByteBufAllocator allocator) {
    ByteBuf out = allocator.buffer(Hello.MAX_BYTES + 2);
    out.writeShort(0).writeInt(Hello.MAGIC).writeByte(Hello.VERSION).writeByte(code);
    Hello.writeText(out, text);
    return out.setShort(0, out.writerIndex() - 2);
  }

  static Welcome decode(ByteBuf in) {
    Hello.readPreamble(in);
    if (!in.isReadable()) {
      throw new IllegalArgumentException("an answer to a greeting without a code");
    }
    return new Welcome(in.readUnsignedByte(), Hello.readText(in));
  }
}
