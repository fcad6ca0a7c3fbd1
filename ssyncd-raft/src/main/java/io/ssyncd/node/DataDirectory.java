package io.ssyncd.node;

import io.ssyncd.log.LogRefusedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Objects;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory that a node keeps between its starts: locked while it runs, and of one member of
 * one cluster, for a log under another name would vote twice.
 *
 * <pre>
 * lock      held by the process that runs; its pid
 * identity  cluster and member, a line each
 * current   of the time when the node last knew that it was up to date; the index it had applied
 * log/      the log's own
 * </pre>
 */
final class DataDirectory implements AutoCloseable {
  private static final int MAX_INDEX_BYTES = 32;
  private static final Logger log = LoggerFactory.getLogger(DataDirectory.class);

  private final Path directory;
  private final FileChannel channel;
  private final FileLock lock;
  private final @Nullable Object lockKey;
  private volatile @Nullable Warning gone;

  private DataDirectory(Path directory, FileChannel channel, FileLock lock) {
    this.directory = directory;
    this.channel = channel;
    this.lock = lock;
    this.lockKey = key(directory.resolve("lock"));
  }

  /**
   * Makes the directory if it is missing, and locks it.
   *
   * @param renamed whether it may have been the same member's under another name of the cluster;
   *     from now on it is this cluster's
   * @throws LogRefusedException if it cannot be used, is in use, or is another member's
   */
  static DataDirectory open(Path directory, String cluster, String member, boolean renamed)
      throws LogRefusedException {
    prepare(directory);
    DataDirectory opened = lock(directory);
    try {
      opened.identify(cluster, member, renamed);
      return opened;
    } catch (LogRefusedException e) {
      opened.close();
      throw e;
    } catch (IOException e) {
      opened.close();
      throw new LogRefusedException("the data directory " + directory + " cannot be used: " + e, e);
    }
  }

  private static void prepare(Path directory) throws LogRefusedException {
    if (Files.exists(directory) && !Files.isDirectory(directory)) {
      throw new LogRefusedException(
          "the data directory " + directory + " is a file; name a directory, or move it away");
    }
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new LogRefusedException("the data directory " + directory + " cannot be made: " + e, e);
    }
    if (!Files.isWritable(directory)) {
      throw new LogRefusedException(
          "the data directory " + directory + " is not writable for this user");
    }
  }

  private static DataDirectory lock(Path directory) throws LogRefusedException {
    Path file = directory.resolve("lock");
    FileChannel channel = null;
    try {
      channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      FileLock lock = tryLock(channel);
      if (lock == null) {
        String pid = pid(channel);
        channel.close();
        throw new LogRefusedException(
            "the data directory "
                + directory
                + " is in use by another daemon"
                + (pid == null ? "" : ", process " + pid));
      }
      channel.truncate(0);
      byte[] pid = (ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII);
      channel.write(ByteBuffer.wrap(pid), 0);
      return new DataDirectory(directory, channel, lock);
    } catch (IOException e) {
      quietly(channel);
      throw new LogRefusedException(
          "the data directory " + directory + " cannot be locked: " + e, e);
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null; // by another node of this very process
    }
  }

  private static @Nullable String pid(FileChannel channel) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(20);
    int unused = channel.read(bytes, 0);
    String text = StandardCharsets.US_ASCII.decode(bytes.flip()).toString().strip();
    return text.matches("\\d+") ? text : null;
  }

  private void identify(String cluster, String member, boolean renamed)
      throws IOException, LogRefusedException {
    Identity wanted = new Identity(cluster, member);
    Identity found = Identity.read(directory).orElse(null);
    boolean same = found != null && renamed && found.member().equals(member);
    if (found == null || (same && !found.equals(wanted))) {
      wanted.write(directory);
      return;
    }
    if (!found.equals(wanted)) {
      throw new LogRefusedException(
          "the data directory "
              + directory
              + " belongs to ["
              + found.text()
              + "], this node is ["
              + wanted.text()
              + "]; give each node a directory of its own, or empty this one to join anew");
    }
  }

  /** The file's identity on its disk; null if there is no such file. */
  private static @Nullable Object key(Path file) {
    try {
      return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    } catch (IOException e) {
      return null;
    }
  }

  /**
   * What is wrong with the directory as of the last {@link #keepCurrent}. Files that are open
   * outlive their names, so the log goes on as if nothing was; its next start would find nothing.
   */
  @Nullable Warning warning() {
    return gone;
  }

  private void look() {
    if (Objects.equals(key(directory.resolve("lock")), lockKey)) {
      gone = null;
    } else if (gone == null) {
      Warning warning =
          WarningCode.DATA_DIRECTORY_GONE.with(
              "the data directory "
                  + directory
                  + " was removed or replaced: what this node commits is kept in memory alone;"
                  + " restart it while a majority of the others is in sync");
      gone = warning;
      log.error("{}", warning.text());
    }
  }

  /**
   * Notes when this node was up to date, and looks whether the directory is still there.
   *
   * @param atMs milliseconds since 1970
   * @param index the last entry that it had applied
   */
  void keepCurrent(long atMs, long index) {
    look();
    Path file = directory.resolve("current");
    Path next = directory.resolve("current.next");
    try {
      Files.writeString(next, index + "\n", StandardCharsets.US_ASCII);
      Path unused = Files.setLastModifiedTime(next, FileTime.fromMillis(atMs));
      unused = Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      log.debug("{} cannot be written", file, e);
    }
  }

  /**
   * When this node, in this process or one before, last was up to date: milliseconds since 1970.
   */
  OptionalLong currentAtMs() {
    try {
      return OptionalLong.of(Files.getLastModifiedTime(directory.resolve("current")).toMillis());
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }

  /** The last entry that it had applied then; 0 if that was never noted. */
  long currentIndex() {
    Path file = directory.resolve("current");
    try {
      String text = Files.size(file) > MAX_INDEX_BYTES ? "" : Files.readString(file).strip();
      return text.isEmpty() ? 0 : Long.parseLong(text); // empty: of a release before this one
    } catch (NoSuchFileException e) {
      return 0;
    } catch (IOException | NumberFormatException e) {
      log.warn("{} cannot be read: how far this node was is not known: {}", file, e.toString());
      return 0;
    }
  }

  /** Lets go of the lock. */
  @Override
  public void close() {
    try {
      lock.release();
    } catch (IOException e) {
      log.warn("the lock of {} was not released in order", directory, e);
    }
    quietly(channel);
  }

  private static void quietly(@Nullable FileChannel channel) {
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        log.debug("a channel was not closed in order", e);
      }
    }
  }
}
