package io.ssyncd.log.atomix;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Syncs the log's files: the newest, and those that were newer than the newest of the last time. A
 * sync of a file covers what was written to it through a mapping (on Linux). Used by one thread.
 */
final class SegmentDisk implements Syncer.Disk {
  private static final String SUFFIX = ".log";

  private final Path directory;
  private final String prefix;
  private long newestSynced;

  /**
   * @param prefix with this and a dash the names of the files begin; a number and {@code .log}
   *     follow
   */
  SegmentDisk(Path directory, String prefix) {
    this.directory = directory;
    this.prefix = prefix + "-";
  }

  @Override
  public void sync() throws IOException {
    SortedMap<Long, Path> files = files();
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

  private SortedMap<Long, Path> files() throws IOException {
    SortedMap<Long, Path> files = new TreeMap<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(directory, prefix + "*" + SUFFIX)) {
      for (Path file : all) {
        String name = file.getFileName().toString();
        String number = name.substring(prefix.length(), name.length() - SUFFIX.length());
        if (number.matches("\\d{1,18}")) {
          files.put(Long.valueOf(number), file);
        }
      }
    }
    return files;
  }
}
