package io.ssyncd.log.atomix;

import io.atomix.storage.buffer.Buffer;
import io.atomix.storage.buffer.FileBuffer;
import io.ssyncd.log.LogRefusedException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The snapshots that are found at a start, read to their end before Atomix believes them. Atomix
 * 3.1.12 (SnapshotDescriptor, FileSnapshot, RaftServiceManager) reads one when it applies the first
 * entry after it, logs what goes wrong and goes on without; and deletes one that is not marked as
 * complete.
 *
 * <pre>
 * index (8), time (8), version (4), complete (1), to 64, length (4), services
 * service   length (4), id (8), type, name, configuration, id (8), type, name, index (8), time (8),
 *           sessions, {@link SnapshotFrame}
 * </pre>
 */
final class SnapshotCheck {
  private static final int HEADER_BYTES = 64;
  private static final int VERSION = 1;
  private static final int VERSION_AT = 16;
  private static final int COMPLETE_AT = 20;
  private static final int MAX_SESSIONS = 1_000_000;
  private static final int LONGS_OF_A_SESSION = 7;
  private static final Logger log = LoggerFactory.getLogger(SnapshotCheck.class);

  private final Path directory;
  private final Map<Path, String> damaged = new TreeMap<>();
  private long newest;

  SnapshotCheck(Path directory) {
    this.directory = directory;
  }

  /**
   * Reads all that there are, and deletes what was never finished.
   *
   * @throws LogRefusedException if the directory cannot be read
   */
  void read() throws LogRefusedException {
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(directory, LogFiles.PREFIX + "-*" + SnapshotFiles.SUFFIX)) {
      SnapshotFiles.deleteGrowing(directory);
      for (Path file : files) {
        try {
          newest = Math.max(newest, read(file));
        } catch (IOException | RuntimeException e) {
          // Atomix' buffers throw whatever they like at bytes that are no snapshot.
          damaged.put(file, String.valueOf(e.getMessage()));
        }
      }
    } catch (IOException e) {
      throw new LogRefusedException("the snapshots in " + directory + " cannot be read: " + e, e);
    }
  }

  /** Index of the newest one that can be read to its end; 0 if there is none. */
  long newest() {
    return newest;
  }

  /** Which files are damaged, and how; null if none is. */
  @Nullable String damage() {
    return damaged.isEmpty()
        ? null
        : damaged.entrySet().stream()
            .map(file -> file.getKey() + " is damaged: " + file.getValue())
            .collect(Collectors.joining("; "));
  }

  /** Takes damaged ones out of Atomix' way: what they held is in the log and an older one. */
  void setAside() throws LogRefusedException {
    for (Map.Entry<Path, String> file : damaged.entrySet()) {
      Path aside = file.getKey().resolveSibling(file.getKey().getFileName() + ".damaged");
      try {
        Files.move(file.getKey(), aside, StandardCopyOption.REPLACE_EXISTING);
      } catch (IOException e) {
        throw new LogRefusedException(file.getKey() + " is damaged and cannot be moved: " + e, e);
      }
      log.warn(
          "{} is damaged: {}. The log holds what it held; it is now {}",
          file.getKey(),
          file.getValue(),
          aside);
    }
  }

  private static long read(Path file) throws IOException {
    long size = Files.size(file);
    if (size < HEADER_BYTES) {
      throw cut(size);
    }
    try (Buffer in = FileBuffer.allocate(file.toFile(), HEADER_BYTES)) {
      long index = in.readLong(0);
      int version = in.readInt(VERSION_AT);
      if (!file.getFileName()
              .toString()
              .equals(LogFiles.PREFIX + "-" + index + SnapshotFiles.SUFFIX)
          || version != VERSION) {
        throw new IOException("its header says index " + index + ", version " + version);
      }
      if (!in.readBoolean(COMPLETE_AT)) {
        return 0;
      }
      if (size < HEADER_BYTES + Integer.BYTES) {
        throw cut(size);
      }
      int length = in.position(HEADER_BYTES).readInt();
      if (length < 0 || length > size - HEADER_BYTES - Integer.BYTES) {
        throw new IOException("a length of " + length + " bytes in a file of " + size);
      }
      in.limit(HEADER_BYTES + Integer.BYTES + length);
      while (in.hasRemaining()) {
        service(in);
      }
      return index;
    }
  }

  private static IOException cut(long size) {
    return new IOException("its header is cut: " + size + " bytes");
  }

  private static void service(Buffer in) throws IOException {
    int length = in.readInt();
    int end = in.position() + length;
    if (length < 0 || length > in.remaining()) {
      throw new IOException("a part of " + length + " bytes at byte " + in.position());
    }
    names(in);
    int configuration = in.readInt();
    if (configuration < 0 || configuration > in.remaining()) {
      throw new IOException("a configuration of " + configuration + " bytes");
    }
    in.skip(configuration);
    names(in);
    in.skip(2 * Long.BYTES);
    int sessions = in.readInt();
    if (sessions < 0 || sessions > MAX_SESSIONS) {
      throw new IOException(sessions + " sessions");
    }
    for (int i = 0; i < sessions; i++) {
      in.skip(Long.BYTES);
      String member = in.readString();
      String consistency = in.readString();
      if (member == null || consistency == null) {
        throw new IOException("a session without a member");
      }
      in.skip(LONGS_OF_A_SESSION * Long.BYTES);
    }
    table(in, end);
  }

  private static void names(Buffer in) throws IOException {
    in.skip(Long.BYTES);
    String type = in.readString();
    String name = in.readString();
    if (!TableType.NAME.equals(type) || !TableType.NAME.equals(name)) {
      throw new IOException("a part called " + type + ", " + name);
    }
  }

  private static void table(Buffer in, int end) throws IOException {
    SnapshotFrame.Header unused = SnapshotFrame.readHeader(in);
    SnapshotFrame.Reader reader = new SnapshotFrame.Reader(in);
    reader.drain();
    if (in.position() != end) {
      throw new IOException("a part ends at byte " + in.position() + ", not at " + end);
    }
  }
}
