package io.ssyncd.node;

import io.ssyncd.log.LogRefusedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory that a node keeps its state in: held by one process at a time, and by one member of
 * one cluster for good, for a member that wakes up with another's log would vote with its memory.
 */
final class DataDirectory implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(DataDirectory.class);

  private final Path path;
  private final FileChannel channel;

  private DataDirectory(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  /**
   * Makes the directory if it is missing, and takes it.
   *
   * @throws LogRefusedException if it cannot be made or written, another process has it, or it
   *     belongs to another member; says which
   */
  static DataDirectory take(Path path, String cluster, String member) throws LogRefusedException {
    if (Files.exists(path) && !Files.isDirectory(path)) {
      throw new LogRefusedException("data directory " + path + " is a file");
    }
    FileChannel channel = null;
    try {
      Files.createDirectories(path);
      channel = lock(path);
      requireIdentity(path, "cluster " + cluster + "\nmember " + member + "\n");
      return new DataDirectory(path, channel);
    } catch (IOException e) {
      close(channel, path);
      throw new LogRefusedException("data directory " + path + " cannot be used: " + e, e);
    } catch (LogRefusedException e) {
      close(channel, path);
      throw e;
    }
  }

  private static FileChannel lock(Path path) throws IOException, LogRefusedException {
    Path file = path.resolve("lock");
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      FileLock lock = channel.tryLock();
      if (lock != null) {
        channel.truncate(0);
        channel.write(
            ByteBuffer.wrap(
                (ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII)),
            0);
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      log.debug("{} is held by this very process", file, e);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    String owner = Files.readString(file, StandardCharsets.ISO_8859_1).strip();
    channel.close();
    throw new LogRefusedException(
        "data directory " + path + " is in use by another ssyncd (process " + owner + ")");
  }

  private static void requireIdentity(Path path, String identity)
      throws IOException, LogRefusedException {
    Path file = path.resolve("identity");
    if (!Files.exists(file)) {
      Path fresh = path.resolve("identity.new");
      Files.writeString(fresh, identity);
      Files.move(fresh, file, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
      return;
    }
    String kept = Files.readString(file, StandardCharsets.UTF_8);
    if (!kept.equals(identity)) {
      throw new LogRefusedException(
          "data directory "
              + path
              + " belongs to "
              + kept.strip().replace('\n', ',')
              + ", not to "
              + identity.strip().replace('\n', ',')
              + "; give this node a directory of its own, or empty this one to start anew");
    }
  }

  private static void close(@Nullable FileChannel channel, Path path) {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      log.warn("data directory {}: the lock could not be let go: {}", path, e.toString());
    }
  }

  @Override
  public void close() {
    close(channel, path);
  }
}
