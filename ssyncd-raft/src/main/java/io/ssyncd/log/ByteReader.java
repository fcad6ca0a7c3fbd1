package io.ssyncd.log;

import io.ssyncd.session.Bytes;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;

/**
 * Reads big-endian fields out of a part of an array. Never reads beyond that part, and allocates
 * nothing before the bytes for it are known to be there.
 */
final class ByteReader {
  private static final VarHandle SHORT = view(short[].class);
  private static final VarHandle INT = view(int[].class);
  private static final VarHandle LONG = view(long[].class);

  private final byte[] from;
  private final int start;
  private final int end;
  private int at;

  ByteReader(byte[] from, int offset, int length) {
    this.from = from;
    this.start = offset;
    this.at = offset;
    this.end = offset + length;
  }

  private static VarHandle view(Class<?> type) {
    return MethodHandles.byteArrayViewVarHandle(type, ByteOrder.BIG_ENDIAN);
  }

  /** Bytes read so far. */
  int offset() {
    return at - start;
  }

  /** Bytes not read yet. */
  int left() {
    return end - at;
  }

  int u8(String what) throws MalformedEntryException {
    return from[take(1, what)] & 0xFF;
  }

  int u16(String what) throws MalformedEntryException {
    return (short) SHORT.get(from, take(2, what)) & 0xFFFF;
  }

  long u32(String what) throws MalformedEntryException {
    return (int) INT.get(from, take(4, what)) & 0xFFFF_FFFFL;
  }

  long i64(String what) throws MalformedEntryException {
    return (long) LONG.get(from, take(8, what));
  }

  UUID uuid(String what) throws MalformedEntryException {
    long high = i64(what);
    return new UUID(high, i64(what));
  }

  Bytes bytes(int length, String what) throws MalformedEntryException {
    return Bytes.of(from, take(length, what), length);
  }

  long[] longs(int count, String what) throws MalformedEntryException {
    int first = take(count * Long.BYTES, what);
    long[] longs = new long[count];
    for (int i = 0; i < count; i++) {
      longs[i] = (long) LONG.get(from, first + i * Long.BYTES);
    }
    return longs;
  }

  /** Text in UTF-8 behind a byte that counts it; other bytes than UTF-8 are an error. */
  String text(String what) throws MalformedEntryException {
    int length = u8(what);
    int first = take(length, what);
    String text = new String(from, first, length, StandardCharsets.UTF_8);
    if (text.indexOf('\uFFFD') >= 0
        && !Arrays.equals(
            text.getBytes(StandardCharsets.UTF_8), Arrays.copyOfRange(from, first, at))) {
      at = first;
      throw malformed(what + " is not UTF-8");
    }
    return text;
  }

  /** Reads bytes that have to be zeros. */
  void zeros(int length, String what) throws MalformedEntryException {
    int first = take(length, what);
    for (int i = first; i < first + length; i++) {
      if (from[i] != 0) {
        throw malformed(what + " is not zero");
      }
    }
  }

  /** Demands that nothing is left. */
  void end() throws MalformedEntryException {
    if (at < end) {
      throw malformed((end - at) + " bytes too many");
    }
  }

  MalformedEntryException malformed(String what) {
    return new MalformedEntryException(offset(), what);
  }

  private int take(int length, String what) throws MalformedEntryException {
    if (length > end - at) {
      throw malformed(what + " needs " + length + " bytes of the " + (end - at) + " that are left");
    }
    int first = at;
    at += length;
    return first;
  }
}
