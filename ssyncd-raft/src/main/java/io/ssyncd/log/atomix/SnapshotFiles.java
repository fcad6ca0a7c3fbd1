package io.ssyncd.log.atomix;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** How the files of snapshots are called. */
final class SnapshotFiles {
  /** The end of the name of one that counts, and of no other. */
  static final String SUFFIX = ".snapshot";

  private static final String GROWING = SUFFIX + ".new";

  private SnapshotFiles() {}

  /** Where the snapshot of an index is. */
  static Path of(Path directory, long index) {
    return directory.resolve(LogFiles.PREFIX + "-" + index + SUFFIX);
  }

  /** Where it is until it is whole; {@code number} tells it from others of its index. */
  static Path growing(Path file, long number) {
    return file.resolveSibling(
        file.getFileName() + GROWING.substring(SUFFIX.length()) + "-" + number);
  }

  /** Deletes what a process before did not finish. */
  static void deleteGrowing(Path directory) throws IOException {
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(directory, LogFiles.PREFIX + "-*" + GROWING + "-*")) {
      for (Path file : files) {
        Files.delete(file);
      }
    }
  }
}
