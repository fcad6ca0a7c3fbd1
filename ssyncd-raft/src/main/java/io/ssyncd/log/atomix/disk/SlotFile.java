package io.ssyncd.log.atomix.disk;

import io.ssyncd.log.LogRefusedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A small record that is replaced as a whole and survives a loss of power at any moment. The file
 * has two slots, each in a block of the disk of its own and with a checksum; they are written in
 * turn, so that the one that counts is never the one that is being written. Its size never changes:
 * a sync has no metadata to write.
 *
 * <pre>
 * slot   magic (4), sequence (8), length (2), record, CRC-32C of all before (4)
 * </pre>
 *
 * <p>Not thread-safe.
 */
public final class SlotFile implements AutoCloseable {
  /** The largest record, in bytes. */
  public static final int MAX_BYTES = 256;

  /** Where the second slot begins; the file has twice this size. */
  static final int SLOT_BYTES = 4096;

  private static final int MAGIC = 0x73736c31;
  private static final int HEADER_BYTES = Integer.BYTES + Long.BYTES + Short.BYTES;
  private static final Logger log = LoggerFactory.getLogger(SlotFile.class);

  private final Path file;
  private final FileChannel channel;
  private long sequence;
  private byte[] record;

  private record Slot(long sequence, byte[] record) {}

  private SlotFile(Path file, FileChannel channel, Slot newest) {
    this.file = file;
    this.channel = channel;
    this.sequence = newest.sequence;
    this.record = newest.record;
  }

  /**
   * Opens a file, or makes it.
   *
   * @param first what it holds if it is made now
   * @throws LogRefusedException if it is there and neither slot can be read
   */
  public static SlotFile open(Path file, byte[] first) throws LogRefusedException {
    try {
      if (Files.notExists(file)) {
        create(file, first);
      }
      FileChannel channel =
          FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
      Slot newest = newest(file, channel);
      if (newest == null) {
        channel.close();
        throw new LogRefusedException(
            file
                + " is damaged: neither of its two slots can be read, so that this member does not"
                + " know what it has promised. "
                + Rejoin.text(directoryOf(file)));
      }
      return new SlotFile(file, channel, newest);
    } catch (IOException e) {
      throw new LogRefusedException(file + " cannot be opened: " + e, e);
    }
  }

  /** Under another name first: a file of this name always has a slot that can be read. */
  private static void create(Path file, byte[] first) throws IOException {
    Path next = file.resolveSibling(file.getFileName() + ".next");
    ByteBuffer bytes = ByteBuffer.allocate(2 * SLOT_BYTES);
    bytes.put(encode(1, first)).rewind();
    try (FileChannel channel =
        FileChannel.open(
            next,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      writeFully(channel, bytes, 0);
      channel.force(true);
    }
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    try (FileChannel directory = FileChannel.open(directoryOf(file), StandardOpenOption.READ)) {
      directory.force(true);
    }
  }

  private static Path directoryOf(Path file) {
    Path parent = file.toAbsolutePath().getParent();
    return parent == null ? file : parent;
  }

  private static @Nullable Slot newest(Path file, FileChannel channel) throws IOException {
    Slot first = read(channel, 0);
    Slot second = read(channel, SLOT_BYTES);
    if (first == null || second == null) {
      Slot left = first == null ? second : first;
      // The second slot is empty until the second write.
      if (left != null && left.sequence != 1) {
        log.warn("one of the two slots of {} cannot be read; the other one counts", file);
      }
      return left;
    }
    return first.sequence > second.sequence ? first : second;
  }

  private static @Nullable Slot read(FileChannel channel, int at) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(HEADER_BYTES + MAX_BYTES + Integer.BYTES);
    while (bytes.hasRemaining() && channel.read(bytes, at + bytes.position()) > 0) {
      // read on
    }
    bytes.flip();
    if (bytes.remaining() < HEADER_BYTES + Integer.BYTES || bytes.getInt() != MAGIC) {
      return null;
    }
    long sequence = bytes.getLong();
    int length = bytes.getShort();
    if (length < 0 || length > bytes.remaining() - Integer.BYTES) {
      return null;
    }
    byte[] record = new byte[length];
    bytes.get(record);
    int checksum = checksum(bytes.array(), bytes.position());
    return bytes.getInt() == checksum ? new Slot(sequence, record) : null;
  }

  private static ByteBuffer encode(long sequence, byte[] record) {
    if (record.length > MAX_BYTES) {
      throw new IllegalArgumentException("a record of " + record.length + " bytes");
    }
    ByteBuffer bytes = ByteBuffer.allocate(HEADER_BYTES + record.length + Integer.BYTES);
    bytes.putInt(MAGIC).putLong(sequence).putShort((short) record.length).put(record);
    return bytes.putInt(checksum(bytes.array(), bytes.position())).flip();
  }

  private static int checksum(byte[] bytes, int length) {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes, 0, length);
    return (int) checksum.getValue();
  }

  private static void writeFully(FileChannel channel, ByteBuffer bytes, long at)
      throws IOException {
    long position = at;
    while (bytes.hasRemaining()) {
      position += channel.write(bytes, position);
    }
  }

  /** What it holds; not to be changed. */
  byte[] record() {
    return record;
  }

  Path file() {
    return file;
  }

  /**
   * Replaces the record.
   *
   * @param durably whether to return only when it survives a loss of power
   * @throws IOException if that did not succeed: what it holds then is not known
   */
  void write(byte[] next, boolean durably) throws IOException {
    long number = sequence + 1;
    writeFully(channel, encode(number, next), number % 2 == 0 ? SLOT_BYTES : 0);
    if (durably) {
      channel.force(false);
    }
    sequence = number;
    record = next.clone();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
