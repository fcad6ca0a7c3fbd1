package io.ssyncd.log.atomix;

import io.ssyncd.log.atomix.disk.SegmentFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.SortedMap;

/**
 * Syncs the log's files: the newest, and those that were newer than the newest of the last time;
 * all of them after a cut. A sync of a file covers what was written to it through a mapping (on
 * Linux). Used by one thread at a time.
 */
final class SegmentDisk implements Syncer.Disk {
  private final Path directory;
  private final String prefix;
  private final Force force;
  private long newestSynced;

  /** What a sync is made of. */
  interface Force {
    /** Makes what is in a file last, and its name if it is new. */
    void file(Path file) throws IOException;

    /** Makes new names and removed ones last. */
    void names(Path directory) throws IOException;
  }

  /**
   * @param prefix with this and a dash the names of the files begin; a number and {@code .log}
   *     follow
   */
  SegmentDisk(Path directory, String prefix) {
    this(directory, prefix, new Real());
  }

  /** With what a test puts in the place of the operating system. */
  SegmentDisk(Path directory, String prefix, Force force) {
    this.directory = directory;
    this.prefix = prefix;
    this.force = force;
  }

  @Override
  public void cut() {
    newestSynced = 0;
  }

  @Override
  public void sync() throws IOException {
    SortedMap<Long, Path> files = SegmentFiles.list(directory, prefix);
    if (files.isEmpty()) {
      throw new IOException("no log in " + directory);
    }
    boolean startedAnew = files.lastKey() < newestSynced;
    for (Map.Entry<Long, Path> file : files.entrySet()) {
      if (startedAnew || file.getKey() >= newestSynced) {
        force.file(file.getValue());
      }
    }
    if (files.lastKey() != newestSynced) {
      force.names(directory);
      newestSynced = files.lastKey();
    }
  }

  private static final class Real implements Force {
    @Override
    public void file(Path file) throws IOException {
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.force(false);
      } catch (NoSuchFileException e) {
        // Dropped meanwhile: a snapshot holds what it held.
        if (Files.exists(file)) {
          throw e;
        }
      }
    }

    @Override
    public void names(Path directory) throws IOException {
      SegmentFiles.syncDirectory(directory);
    }
  }
}
