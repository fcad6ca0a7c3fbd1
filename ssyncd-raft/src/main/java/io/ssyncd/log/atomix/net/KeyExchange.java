package io.ssyncd.log.atomix.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.ssyncd.log.SharedKey;
import java.security.MessageDigest;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/**
 * The greeting of members that share a key: each proves that it holds it, over what the other has
 * just drawn, without showing it. All messages are {@code length(2) magic(4) version(1) = 2
 * kind(1)}, then by kind, big-endian:
 *
 * <pre>
 * 1 hello, of who connects:   cluster(1+n) from(1+n) to(1+n) nonce(32)
 * 2 nonce, the answer:        nonce(32)
 * 3 proof, of who connects:   HMAC-SHA256(32) of "ssyncd: I connect", cluster, from, to, both nonces
 * 3 proof, the answer:        the same of "ssyncd: I accept", before the {@link Welcome}
 * </pre>
 *
 * <p>Who connects proves first: who is asked has nothing to guess a key by for a stranger. The two
 * proofs differ by who makes them, so that none can be sent back, and name the members and the
 * cluster, so that none is good elsewhere. What follows is neither hidden nor signed: whoever can
 * change packets on their way can do so once two members have greeted. For that there is TLS.
 */
final class KeyExchange {
  static final byte VERSION = 2;
  static final int NONCE_BYTES = 32;

  private static final byte HELLO = 1;
  private static final byte NONCE = 2;
  private static final byte PROOF = 3;
  private static final String CONNECTS = "ssyncd: I connect";
  private static final String ACCEPTS = "ssyncd: I accept";
  private static final SecureRandom RANDOM = new SecureRandom();

  private KeyExchange() {}

  /** Whether a greeting or an answer, without its length, is of this exchange. */
  static boolean isOne(ByteBuf in) {
    return in.readableBytes() >= 5
        && in.getInt(in.readerIndex()) == Hello.MAGIC
        && in.getByte(in.readerIndex() + 4) == VERSION;
  }

  private static byte[] draw() {
    byte[] nonce = new byte[NONCE_BYTES];
    RANDOM.nextBytes(nonce);
    return nonce;
  }

  private static ByteBuf begin(ByteBufAllocator allocator, byte kind) {
    ByteBuf out = allocator.buffer(Hello.MAX_BYTES + 2);
    return out.writeShort(0).writeInt(Hello.MAGIC).writeByte(VERSION).writeByte(kind);
  }

  private static ByteBuf end(ByteBuf out) {
    return out.setShort(0, out.writerIndex() - 2);
  }

  private static ByteBuf message(ByteBufAllocator allocator, byte kind, byte[] content) {
    return end(begin(allocator, kind).writeBytes(content));
  }

  private static void expect(ByteBuf in, byte kind) {
    if (!isOne(in) || in.readableBytes() < 6) {
      throw new IllegalArgumentException("no greeting with the shared key");
    }
    in.skipBytes(5);
    byte found = in.readByte();
    if (found != kind) {
      throw new IllegalArgumentException("kind " + found + " of a greeting instead of " + kind);
    }
  }

  private static byte[] last(ByteBuf in, int length) {
    if (in.readableBytes() != length) {
      throw new IllegalArgumentException(
          "a greeting ends with " + in.readableBytes() + " bytes instead of " + length);
    }
    byte[] bytes = new byte[length];
    in.readBytes(bytes);
    return bytes;
  }

  private static byte[] prove(
      SharedKey key, String who, Hello hello, byte[] connects, byte[] accepts) {
    return key.proof(
        SharedKey.part(who),
        SharedKey.part(hello.cluster()),
        SharedKey.part(hello.from()),
        SharedKey.part(hello.to()),
        connects,
        accepts);
  }

  /** The end that connects. Used by one thread. */
  static final class Connecting {
    private final SharedKey key;
    private final Hello hello;
    private final byte[] mine = draw();
    private byte @Nullable [] theirs;
    private boolean proved;

    Connecting(SharedKey key, Hello hello) {
      this.key = key;
      this.hello = hello;
    }

    ByteBuf hello(ByteBufAllocator allocator) {
      ByteBuf out = begin(allocator, HELLO);
      Hello.writeText(out, hello.cluster());
      Hello.writeText(out, hello.from());
      Hello.writeText(out, hello.to());
      return end(out.writeBytes(mine));
    }

    /**
     * Takes an answer that {@link #isOne}.
     *
     * @return what to send next; null if nothing
     * @throws IllegalArgumentException if it makes no sense at this point
     */
    @Nullable ByteBuf answered(ByteBuf in, ByteBufAllocator allocator) {
      byte[] nonce = theirs;
      if (nonce == null) {
        expect(in, NONCE);
        byte[] drawn = last(in, NONCE_BYTES);
        theirs = drawn;
        return message(allocator, PROOF, prove(key, CONNECTS, hello, mine, drawn));
      }
      expect(in, PROOF);
      byte[] shown = last(in, SharedKey.PROOF_BYTES);
      proved = MessageDigest.isEqual(shown, prove(key, ACCEPTS, hello, mine, nonce));
      return null;
    }

    /** Whether the other end has proved that it holds the key. */
    boolean proved() {
      return proved;
    }
  }

  /** The end that is connected to. Used by one thread. */
  static final class Accepting {
    private final SharedKey key;
    private final Hello hello;
    private final byte[] theirs;
    private final byte[] mine = draw();

    /**
     * Takes the greeting.
     *
     * @throws IllegalArgumentException naming what is wrong with it
     */
    Accepting(SharedKey key, ByteBuf in) {
      this.key = key;
      expect(in, HELLO);
      this.hello = new Hello(Hello.readText(in), Hello.readText(in), Hello.readText(in));
      this.theirs = last(in, NONCE_BYTES);
    }

    Hello hello() {
      return hello;
    }

    ByteBuf nonce(ByteBufAllocator allocator) {
      return message(allocator, NONCE, mine);
    }

    /** Whether this proves that the other end holds the key. */
    boolean proves(ByteBuf in) {
      expect(in, PROOF);
      byte[] shown = last(in, SharedKey.PROOF_BYTES);
      return MessageDigest.isEqual(shown, prove(key, CONNECTS, hello, theirs, mine));
    }

    ByteBuf proof(ByteBufAllocator allocator) {
      return message(allocator, PROOF, prove(key, ACCEPTS, hello, theirs, mine));
    }
  }
}
