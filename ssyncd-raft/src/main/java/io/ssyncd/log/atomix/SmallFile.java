package io.ssyncd.log.atomix;

import io.ssyncd.log.atomix.disk.Rejoin;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A few bytes behind their checksum in a file that is replaced as a whole, and on the disk when a
 * call returns: after a loss of power there is the old content or the new one.
 */
final class SmallFile {
  private final Path file;
  private final Path directory;
  private final int mostBytes;

  /** The file of that name in the log's directory. */
  SmallFile(Path directory, String name, int mostBytes) {
    this.directory = directory;
    this.file = directory.resolve(name);
    this.mostBytes = mostBytes;
  }

  Path path() {
    return file;
  }

  /**
   * The content; null if there is no file.
   *
   * @throws UncheckedIOException if the file cannot be read or is damaged; says the way out
   */
  byte @Nullable [] read() {
    try {
      if (Files.size(file) > mostBytes + Integer.BYTES) {
        throw new IOException(file + " has more than " + mostBytes + " bytes");
      }
      ByteBuffer all = ByteBuffer.wrap(Files.readAllBytes(file));
      if (all.remaining() < Integer.BYTES) {
        throw new IOException(file + " is cut after " + all.remaining() + " bytes");
      }
      int expected = all.getInt();
      byte[] content = new byte[all.remaining()];
      all.get(content);
      if (checksum(content) != expected) {
        throw new IOException(file + " is damaged: its checksum is wrong");
      }
      return content;
    } catch (NoSuchFileException e) {
      return null;
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage() + ". " + Rejoin.text(directory), e);
    }
  }

  /** Replaces the content. */
  void write(byte[] content) {
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    try (FileChannel channel =
        FileChannel.open(
            fresh,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer all = ByteBuffer.allocate(Integer.BYTES + content.length);
      all.putInt(checksum(content)).put(content).flip();
      while (all.hasRemaining()) {
        int unused = channel.write(all);
      }
      channel.force(true);
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be written: " + e.getMessage(), e);
    }
    syncDirectory();
  }

  /** Deletes the file if it is there. */
  void delete() {
    try {
      if (Files.deleteIfExists(file)) {
        syncDirectory();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be deleted: " + e.getMessage(), e);
    }
  }

  private void syncDirectory() {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      throw new UncheckedIOException("syncing the directory of " + file, e);
    }
  }

  private static int checksum(byte[] content) {
    CRC32C crc = new CRC32C();
    crc.update(content, 0, content.length);
    return (int) crc.getValue();
  }
}
