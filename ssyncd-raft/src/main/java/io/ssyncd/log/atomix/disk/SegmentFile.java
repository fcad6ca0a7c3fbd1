package io.ssyncd.log.atomix.disk;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * A file of the log as Atomix 3.1.12 writes it (JournalSegmentDescriptor,
 * MappedJournalSegmentWriter), read without Atomix, which at a damaged one fails with an exception
 * that names no file, or quietly takes what comes before for all there is.
 *
 * <pre>
 * header   version (4), id (8), first index (8), size (4), entries (4), updated (8), locked (1), to 64
 * entry    length (4), CRC-32 of the bytes (4), bytes; a length of 0 is the end
 * </pre>
 *
 * @param path the file
 * @param firstIndex index of its first entry, or of the one to come; 0 if the header is damaged
 * @param lastIndex index of its last entry that can be read; {@code firstIndex - 1} if none can
 * @param endsAt offset of the byte after that entry
 * @param problem what is wrong there; null for a file that ends as it should
 */
record SegmentFile(
    Path path, long firstIndex, long lastIndex, long endsAt, @Nullable String problem) {
  static final int HEADER_BYTES = 64;

  /** What comes before the bytes of an entry. */
  static final int ENTRY_HEADER_BYTES = 2 * Integer.BYTES;

  private static final int VERSION = 1;
  private static final int HEADER_READ_BYTES = 28;
  private static final int BUFFER_BYTES = 256 * 1024;

  /**
   * Reads a file to the last entry that is whole.
   *
   * @param id what its name says
   * @param maxEntryBytes a longer entry cannot be
   */
  static SegmentFile read(Path path, long id, int maxEntryBytes) throws IOException {
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(path), BUFFER_BYTES))) {
      long first;
      try {
        first = header(in, id, Files.size(path));
      } catch (EOFException e) {
        return damaged(path, "its header is cut: the file has " + Files.size(path) + " bytes");
      } catch (DamagedHeaderException e) {
        return damaged(path, String.valueOf(e.getMessage()));
      }
      return entries(path, in, first, maxEntryBytes);
    }
  }

  private static SegmentFile damaged(Path path, String problem) {
    return new SegmentFile(path, 0, -1, 0, problem);
  }

  private static final class DamagedHeaderException extends Exception {
    private static final long serialVersionUID = 1L;

    DamagedHeaderException(String message) {
      super(message);
    }
  }

  private static long header(DataInputStream in, long id, long fileBytes)
      throws IOException, DamagedHeaderException {
    int version = in.readInt();
    long foundId = in.readLong();
    long first = in.readLong();
    int size = in.readInt();
    int unused = in.readInt();
    in.skipNBytes(HEADER_BYTES - HEADER_READ_BYTES);
    if (version != VERSION || foundId != id || first < 1 || size < fileBytes) {
      throw new DamagedHeaderException(
          String.format(
              "its header is damaged: version %d, number %d, first index %d, size %d",
              version, foundId, first, size));
    }
    return first;
  }

  private static SegmentFile entries(Path path, DataInputStream in, long first, int maxEntryBytes)
      throws IOException {
    long index = first - 1;
    long at = HEADER_BYTES;
    byte[] entry = new byte[maxEntryBytes];
    try {
      while (true) {
        int length = in.readInt();
        int expected = in.readInt();
        if (length == 0) {
          return new SegmentFile(path, first, index, at, null);
        }
        if (length < 0 || length > maxEntryBytes) {
          return new SegmentFile(
              path, first, index, at, "an entry of " + length + " bytes at byte " + at);
        }
        in.readFully(entry, 0, length);
        CRC32 checksum = new CRC32();
        checksum.update(entry, 0, length);
        if ((int) checksum.getValue() != expected) {
          return new SegmentFile(
              path, first, index, at, "an entry with a wrong checksum at byte " + at);
        }
        at += ENTRY_HEADER_BYTES + length;
        index++;
      }
    } catch (EOFException e) {
      // Full to less than an entry's header, or cut: what was promised tells which.
      return new SegmentFile(path, first, index, at, null);
    }
  }

  /** Whether nothing in the file can be read, its header included. */
  boolean unreadable() {
    return firstIndex == 0;
  }
}
