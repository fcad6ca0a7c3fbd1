package io.ssyncd.table;

import io.ssyncd.log.RecordCodec;
import io.ssyncd.session.Scope;
import io.ssyncd.session.SessionRecord;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * The digest by which members tell whether they hold the same: the sum, modulo 2^64, of a hash of
 * each record. A sum does not depend on the order, and a record that goes takes its hash out again.
 *
 * <p>The hash of a record runs over its scope (kind, name) and then its form in {@link
 * RecordCodec}. It takes 8 bytes at a time, little-endian, the rest filled up with zeros, into a
 * state of 64 bits: {@code h = rotl(h ^ w * A, 29) * B; h ^= h >>> 32}. Each such step loses
 * nothing of either word or state, so that inputs that differ in one word never collide. The length
 * is in the initial state, and two more rounds of multiplication at the end spread the last word. A
 * member's total adds hashes of what else is replicated: epoch, sequence, ingester and feeds; and
 * each remembered request.
 *
 * <p>It finds accidents: a bug, a bad disk, a lost batch. It is no defence against somebody who
 * chooses records so that sums agree; nothing is decided by it but whether to warn.
 *
 * <p>Members of different releases compare digests: a change here needs a new version of the
 * entries. Not thread-safe, except for the static methods.
 */
public final class TableDigest {
  private static final VarHandle WORD =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** 2^64 over the golden ratio, made odd. */
  private static final long A = 0x9E37_79B9_7F4A_7C15L;

  private static final long B = 0xD1B5_4A32_D192_ED03L;
  private static final long C = 0xBF58_476D_1CE4_E5B9L;
  private static final long D = 0x94D0_49BB_1331_11EBL;

  private final ByteBuffer buffer = ByteBuffer.allocate(RecordCodec.MAX_RECORD_BYTES);

  /** What the hashes of a scope's records start from. */
  static long seed(Scope scope) {
    byte[] name = scope.name().getBytes(StandardCharsets.UTF_8);
    return hash(scope.kind().code(), name, name.length);
  }

  /**
   * The hash of a record.
   *
   * @param seed that of its scope
   */
  long of(long seed, SessionRecord record) {
    buffer.clear();
    RecordCodec.write(record, buffer);
    return hash(seed, buffer.array(), buffer.position());
  }

  /** The hash of the first {@code length} bytes. */
  static long hash(long seed, byte[] bytes, int length) {
    long h = mix(seed + length * A);
    int at = 0;
    for (; at + 8 <= length; at += 8) {
      h = step(h, (long) WORD.get(bytes, at));
    }
    if (at < length) {
      long rest = 0;
      for (int shift = 0; at < length; at++, shift += 8) {
        rest |= (bytes[at] & 0xFFL) << shift;
      }
      h = step(h, rest);
    }
    return mix(h);
  }

  /** As people and other members see it: 16 hexadecimal digits. */
  static String text(long digest) {
    return HexFormat.of().toHexDigits(digest);
  }

  private static long step(long h, long word) {
    long next = Long.rotateLeft(h ^ (word * A), 29) * B;
    return next ^ (next >>> 32);
  }

  private static long mix(long h) {
    long x = (h ^ (h >>> 30)) * C;
    x = (x ^ (x >>> 27)) * D;
    return x ^ (x >>> 31);
  }
}
