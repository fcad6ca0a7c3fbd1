package io.ssyncd.log.atomix;

import io.atomix.storage.buffer.BufferInput;
import io.atomix.storage.buffer.BufferOutput;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Objects;
import java.util.zip.CRC32C;

/**
 * How a snapshot of the table lies inside Atomix' own: a header (magic, version, last index), then
 * chunks of {@code length, checksum of all so far, bytes}, then an empty chunk with the total. A
 * snapshot that is empty, cut or flipped is found out before or while it is read. From version 2 on
 * the bytes begin with the members: a length and a {@link Roster}.
 */
final class SnapshotFrame {
  /** Largest chunk. */
  static final int CHUNK_BYTES = 64 * 1024;

  private static final int MAGIC = 0x73737964;
  private static final int VERSION = 2;
  private static final int HEADER_BYTES = 16;
  private static final int CHUNK_HEADER_BYTES = 8;

  private SnapshotFrame() {}

  /** Writes the header; the last index is the state machine's. */
  static void writeHeader(BufferOutput<?> to, long lastIndex) {
    to.writeInt(MAGIC);
    to.writeInt(VERSION);
    to.writeLong(lastIndex);
  }

  /**
   * What a header says.
   *
   * @param hasMembers whether the bytes begin with the members
   * @param lastIndex the state machine's
   */
  record Header(boolean hasMembers, long lastIndex) {}

  /** Reads the header. */
  static Header readHeader(BufferInput<?> from) throws IOException {
    if (from.remaining() < HEADER_BYTES) {
      throw new IOException(
          "the snapshot ends after " + from.remaining() + " bytes, within its header");
    }
    int magic = from.readInt();
    if (magic != MAGIC) {
      throw new IOException(String.format("the snapshot begins with %08x, not ours", magic));
    }
    int version = from.readInt();
    if (version < 1 || version > VERSION) {
      throw new IOException("the snapshot has version " + version + "; this release reads 1 and 2");
    }
    return new Header(version >= 2, from.readLong());
  }

  /**
   * Cuts what is written into chunks. {@link #close} writes the end: without it nobody reads it.
   */
  static final class Writer extends OutputStream {
    private final BufferOutput<?> to;
    private final byte[] chunk = new byte[CHUNK_BYTES];
    private final CRC32C checksum = new CRC32C();
    private int used;
    private long total;

    Writer(BufferOutput<?> to) {
      this.to = to;
    }

    @Override
    public void write(int b) {
      if (used == chunk.length) {
        flushChunk();
      }
      chunk[used++] = (byte) b;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      Objects.checkFromIndexSize(offset, length, bytes.length);
      int from = offset;
      int left = length;
      while (left > 0) {
        if (used == chunk.length) {
          flushChunk();
        }
        int part = Math.min(left, chunk.length - used);
        System.arraycopy(bytes, from, chunk, used, part);
        used += part;
        from += part;
        left -= part;
      }
    }

    private void flushChunk() {
      if (used == 0) {
        return;
      }
      checksum.update(chunk, 0, used);
      to.writeInt(used);
      to.writeInt((int) checksum.getValue());
      to.write(chunk, 0, used);
      total += used;
      used = 0;
    }

    /** Ends the frame. Not for a frame whose writer failed. */
    @Override
    public void close() {
      flushChunk();
      to.writeInt(0);
      to.writeInt((int) checksum.getValue());
      to.writeLong(total);
    }

    long total() {
      return total;
    }
  }

  /** Gives out what {@link Writer} took, each chunk only after its checksum agreed. */
  static final class Reader extends InputStream {
    private final BufferInput<?> from;
    private final CRC32C checksum = new CRC32C();
    private byte[] chunk = new byte[0];
    private int position;
    private long total;
    private boolean ended;

    Reader(BufferInput<?> from) {
      this.from = from;
    }

    @Override
    public int read() throws IOException {
      return available(1) ? chunk[position++] & 0xff : -1;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      Objects.checkFromIndexSize(offset, length, bytes.length);
      if (length == 0) {
        return 0;
      }
      if (!available(1)) {
        return -1;
      }
      int part = Math.min(length, chunk.length - position);
      System.arraycopy(chunk, position, bytes, offset, part);
      position += part;
      return part;
    }

    /** Reads what is left, so that the end is verified too. */
    void drain() throws IOException {
      while (available(1)) {
        position = chunk.length;
      }
    }

    private boolean available(int wanted) throws IOException {
      while (chunk.length - position < wanted && !ended) {
        nextChunk();
      }
      return chunk.length - position >= wanted;
    }

    private void nextChunk() throws IOException {
      require(CHUNK_HEADER_BYTES);
      int length = from.readInt();
      int expected = from.readInt();
      if (length < 0 || length > CHUNK_BYTES) {
        throw new IOException("a chunk of " + length + " bytes after " + total);
      }
      chunk = new byte[length];
      position = 0;
      if (length > 0) {
        require(length);
        from.read(chunk, 0, length);
        checksum.update(chunk, 0, length);
      }
      if ((int) checksum.getValue() != expected) {
        throw new IOException("wrong checksum after " + total + " bytes");
      }
      total += length;
      if (length == 0) {
        end();
      }
    }

    private void end() throws IOException {
      ended = true;
      require(Long.BYTES);
      long expected = from.readLong();
      if (expected != total) {
        throw new IOException(total + " bytes, but " + expected + " were written");
      }
    }

    private void require(int bytes) throws IOException {
      if (from.remaining() < bytes) {
        throw new IOException("the snapshot is cut after " + total + " bytes");
      }
    }
  }
}
