package io.ssyncd.source.recent;

import io.ssyncd.session.Bytes;
import java.nio.ByteBuffer;

/**
 * A client's address as a table holds it. Immutable.
 *
 * @param v6 whether it is an IPv6 one
 * @param high the first eight bytes of an IPv6 address in network order; 0 for IPv4
 * @param low the last eight bytes; of an IPv4 address its four, as an unsigned number
 */
public record RecentAddress(boolean v6, long high, long low) {
  /** The most bytes that {@link #print} appends: an IPv6 address in full. */
  public static final int MAX_TEXT_BYTES = 39;

  /** The address of a record's key: 4 or 16 bytes. */
  public static RecentAddress of(Bytes address) {
    ByteBuffer bytes = ByteBuffer.wrap(address.toArray());
    return switch (address.length()) {
      case 4 -> new RecentAddress(false, 0, bytes.getInt() & 0xFFFF_FFFFL);
      case 16 -> new RecentAddress(true, bytes.getLong(), bytes.getLong());
      default ->
          throw new IllegalArgumentException(
              "an address has 4 or 16 bytes, not " + address.length());
    };
  }

  /** The address in network order: 4 or 16 bytes. */
  public Bytes toBytes() {
    return v6
        ? Bytes.of(ByteBuffer.allocate(16).putLong(high).putLong(low).array())
        : Bytes.of(ByteBuffer.allocate(4).putInt((int) low).array());
  }

  /** Appends the address as the kernel prints it: IPv6 in eight groups of four digits. */
  public void print(ByteBuffer to) {
    if (!v6) {
      for (int shift = 24; shift >= 0; shift -= 8) {
        decimal((low >>> shift) & 0xFF, to);
        if (shift > 0) {
          to.put((byte) '.');
        }
      }
      return;
    }
    for (int digit = 0; digit < 32; digit++) {
      long half = digit < 16 ? high : low;
      int nibble = (int) (half >>> (60 - 4 * (digit % 16))) & 0xF;
      if (digit > 0 && digit % 4 == 0) {
        to.put((byte) ':');
      }
      to.put((byte) (nibble < 10 ? '0' + nibble : 'a' + nibble - 10));
    }
  }

  /** Appends an unsigned number of up to 64 bits. */
  public static void decimal(long unsigned, ByteBuffer to) {
    if (unsigned < 0 || unsigned > 9) {
      decimal(Long.divideUnsigned(unsigned, 10), to);
    }
    to.put((byte) ('0' + Long.remainderUnsigned(unsigned, 10)));
  }

  /** The address as the kernel prints it. */
  @Override
  public String toString() {
    ByteBuffer text = ByteBuffer.allocate(MAX_TEXT_BYTES);
    print(text);
    return new String(text.array(), 0, text.position(), java.nio.charset.StandardCharsets.US_ASCII);
  }
}
