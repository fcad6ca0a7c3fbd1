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
 * Syncs the log's files: the newest, and those that were newer than the newest of the last time. A
 * sync of a file covers what was written to it through a mapping (on Linux). Used by one thread.
 */
final class SegmentDisk implements Syncer.Disk {
  private final Path directory;
  private final String prefix;
  private long newestSynced;

  /**
   * @param prefix with this and a dash the names of the files begin; a number and {@code .log}
   *     follow
   */
  SegmentDisk(Path directory, String prefix) {
    this.directory = directory;
    this.prefix = prefix;
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
        sync(file.getValue());
      }
    }
    if (files.lastKey() != newestSynced) {
      syncDirectory();
      newestSynced = files.lastKey();
    }
  }

  /** Makes new names and removed ones last. */
  private void syncDirectory() throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static void sync(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(false);
    } catch (NoSuchFileException e) {
      // Dropped meanwhile: a snapshot holds what it held.
      if (Files.exists(file)) {
        throw e;
      }
    }
  }
}
