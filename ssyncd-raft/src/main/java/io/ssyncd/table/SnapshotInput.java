package io.ssyncd.table;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;
import java.util.zip.CRC32C;

/** Reads a snapshot's fields, counting bytes and checking them off against the checksum. */
final class SnapshotInput {
  private final InputStream from;
  private final CRC32C checksum = new CRC32C();
  private final byte[] bytes = new byte[0xFFFF];
  private final ByteBuffer view = ByteBuffer.wrap(bytes);
  private long offset;

  SnapshotInput(InputStream from) {
    this.from = new BufferedInputStream(from, SnapshotFormat.BUFFER_BYTES);
  }

  int u8(String what) throws IOException {
    take(1, what);
    return bytes[0] & 0xFF;
  }

  int u16(String what) throws IOException {
    take(2, what);
    return view.getShort(0) & 0xFFFF;
  }

  /** A count that fits into a positive int. */
  int count(String what) throws IOException {
    take(4, what);
    int count = view.getInt(0);
    if (count < 0) {
      throw unusable(what + " is " + Integer.toUnsignedString(count));
    }
    return count;
  }

  long i64(String what) throws IOException {
    take(8, what);
    return view.getLong(0);
  }

  UUID uuid(String what) throws IOException {
    take(16, what);
    return new UUID(view.getLong(0), view.getLong(8));
  }

  String name(String what) throws IOException {
    int length = u8(what);
    take(length, what);
    String name = new String(bytes, 0, length, StandardCharsets.UTF_8);
    if (!Arrays.equals(name.getBytes(StandardCharsets.UTF_8), Arrays.copyOf(bytes, length))) {
      throw unusable(what + " is not UTF-8");
    }
    return name;
  }

  /** At most 65,535 bytes; in a buffer that the next call uses again. */
  byte[] bytes(int length, String what) throws IOException {
    take(length, what);
    return bytes;
  }

  /** Reads the checksum of all before it, and compares it. */
  void checksum() throws IOException {
    int computed = (int) checksum.getValue();
    take(4, "checksum");
    int written = view.getInt(0);
    if (written != computed) {
      throw unusable(String.format("checksum %08x, but %08x is written", computed, written));
    }
  }

  /** How many bytes have been read. */
  long offset() {
    return offset;
  }

  /** Reads the checksum, compares it, and demands the end. */
  void end() throws IOException {
    checksum();
    if (from.read() >= 0) {
      throw unusable("more bytes after the end");
    }
  }

  /** Says what, and how far the reader was. */
  IOException unusable(String what) {
    return new UnusableSnapshotException(message(what), null);
  }

  IOException unusable(String what, Exception cause) {
    return new UnusableSnapshotException(message(what), cause);
  }

  private String message(String what) {
    return "unusable snapshot: " + what + ", before byte " + offset;
  }

  private void take(int length, String what) throws IOException {
    int read = from.readNBytes(bytes, 0, length);
    offset += read;
    if (read < length) {
      throw unusable("ends within " + what);
    }
    checksum.update(bytes, 0, length);
  }
}
