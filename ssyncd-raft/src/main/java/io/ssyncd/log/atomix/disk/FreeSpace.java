package io.ssyncd.log.atomix.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/**
 * Free space below the log: how much there must be, and how much there is. A full disk makes a
 * leader hang that keeps its leadership, so a member stops before.
 *
 * @param directory the log's
 * @param leastBytes below this a member does not start, and one that runs stops
 */
public record FreeSpace(Path directory, long leastBytes) {
  private static final long MIB = 1024 * 1024;

  /** What a look at the disk says. */
  public enum State {
    ENOUGH,
    /** Below twice the bound: somebody should look. */
    LOW,
    /** Below the bound. */
    GONE
  }

  /**
   * What was seen.
   *
   * @param bytes free for this user
   */
  public record Look(State state, long bytes) {}

  /** Asks the file system; may take long on one that is not local. */
  public Look look() throws IOException {
    // Not by way of the FileStore: that wants the mount point in /proc/mounts, and there is none in
    // a chroot. 0 stands for an error here.
    long bytes = directory.toFile().getUsableSpace();
    if (bytes == 0 && !Files.isDirectory(directory)) {
      throw new NotDirectoryException(directory.toString());
    }
    return new Look(state(bytes), bytes);
  }

  private State state(long bytes) {
    if (bytes < leastBytes) {
      return State.GONE;
    }
    return bytes / 2 < leastBytes ? State.LOW : State.ENOUGH;
  }

  /** What to tell people, with the numbers. */
  public String text(long bytes) {
    return String.format(
        "the disk of %s has %d MiB left, the bound is %d MiB (cluster.min-free)",
        directory, bytes / MIB, (leastBytes + MIB - 1) / MIB);
  }
}
