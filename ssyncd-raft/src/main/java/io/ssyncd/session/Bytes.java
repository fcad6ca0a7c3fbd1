package io.ssyncd.session;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * An immutable run of bytes: session keys and addresses are bytes, not text (Pound passes whatever
 * a client sent). Ordered as unsigned bytes.
 */
public final class Bytes implements Comparable<Bytes> {
  /** No bytes at all. */
  public static final Bytes EMPTY = new Bytes(new byte[0]);

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** 2^64 over the golden ratio, made odd. */
  private static final long MULTIPLIER = 0x9E37_79B9_7F4A_7C15L;

  private static final long SEED = new SecureRandom().nextLong();

  private final byte[] bytes;
  private int hash;

  private Bytes(byte[] owned) {
    this.bytes = owned;
  }

  /** A copy of {@code bytes}. */
  public static Bytes of(byte... bytes) {
    return bytes.length == 0 ? EMPTY : new Bytes(bytes.clone());
  }

  /** A copy of {@code length} bytes from {@code offset} on. */
  public static Bytes of(byte[] bytes, int offset, int length) {
    return length == 0 ? EMPTY : new Bytes(Arrays.copyOfRange(bytes, offset, offset + length));
  }

  /** Takes {@code length} bytes out of {@code from}, moving its position. */
  public static Bytes read(ByteBuffer from, int length) {
    if (length == 0) {
      return EMPTY;
    }
    byte[] bytes = new byte[length];
    from.get(bytes);
    return new Bytes(bytes);
  }

  /** The UTF-8 bytes of {@code text}. */
  public static Bytes utf8(String text) {
    return of(text.getBytes(StandardCharsets.UTF_8));
  }

  /** How many bytes there are. */
  public int length() {
    return bytes.length;
  }

  /** The byte at {@code index}, signed as Java's are. */
  public byte at(int index) {
    return bytes[index];
  }

  /** A copy. */
  public byte[] toArray() {
    return bytes.clone();
  }

  /** Appends the bytes to {@code to}, moving its position. */
  public void writeTo(ByteBuffer to) {
    to.put(bytes);
  }

  /** The bytes read as ISO-8859-1: each byte one character, nothing lost. */
  public String latin1() {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  /** Lower-case hexadecimal, two digits a byte. */
  public String hex() {
    return HexFormat.of().formatHex(bytes);
  }

  @Override
  public int compareTo(Bytes other) {
    return Arrays.compareUnsigned(bytes, other.bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    int h = hash;
    if (h == 0) {
      h = mixed();
      hash = h;
    }
    return h;
  }

  /**
   * {@link Arrays#hashCode(byte[])} would be the same for every eighth IPv4 address of a network,
   * and clients could choose keys that collide. This one differs in every process.
   */
  private int mixed() {
    long h = SEED + bytes.length;
    int at = 0;
    for (; at + Long.BYTES <= bytes.length; at += Long.BYTES) {
      h = mix(h ^ (long) LONG.get(bytes, at));
    }
    long rest = 0;
    for (; at < bytes.length; at++) {
      rest = rest << 8 | bytes[at] & 0xFF;
    }
    h = mix(h ^ rest);
    return (int) (h ^ h >>> 32);
  }

  private static long mix(long word) {
    long product = word * MULTIPLIER;
    return product ^ product >>> 29;
  }

  /**
   * Only the length: the bytes may be a secret (a BASIC session's key is {@code user:password}).
   */
  @Override
  public String toString() {
    return "Bytes[" + bytes.length + "]";
  }
}
