package io.ssyncd.log.atomix.disk;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** The files of a log in a directory, by number. */
public final class SegmentFiles {
  private static final String SUFFIX = ".log";

  private SegmentFiles() {}

  /**
   * Lists them.
   *
   * @param prefix with this and a dash the names of the files begin; a number and {@code .log}
   *     follow
   */
  public static NavigableMap<Long, Path> list(Path directory, String prefix) throws IOException {
    NavigableMap<Long, Path> files = new TreeMap<>();
    String begin = prefix + "-";
    try (DirectoryStream<Path> all = Files.newDirectoryStream(directory, begin + "*" + SUFFIX)) {
      for (Path file : all) {
        String name = String.valueOf(file.getFileName());
        String number = name.substring(begin.length(), name.length() - SUFFIX.length());
        if (number.matches("\\d{1,18}")) {
          files.put(Long.valueOf(number), file);
        }
      }
    }
    return files;
  }

  /** The file of this number, whether or not it is there. */
  static Path file(Path directory, String prefix, long number) {
    return directory.resolve(prefix + "-" + number + SUFFIX);
  }

  /**
   * The newest, the one that is written to.
   *
   * @throws IOException also if there is none
   */
  static Map.Entry<Long, Path> newest(Path directory, String prefix) throws IOException {
    Map.Entry<Long, Path> newest = list(directory, prefix).lastEntry();
    if (newest == null) {
      throw new IOException("no log in " + directory);
    }
    return newest;
  }

  /** Makes names that are new in a directory, and those that are gone, survive a loss of power. */
  public static void syncDirectory(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
