package io.ssyncd.source.pound;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a pound.cfg, those of included files in their place. {@code Include} and {@code
 * IncludeDir} may stand wherever a line may (Pound up to 2.8a.13; later ones refuse them).
 *
 * <p>A path in them that is not absolute is taken from the directory of the file that was asked
 * for: Pound takes it from its working directory, which nobody else knows.
 */
final class ConfigLines {
  /** The largest file, in bytes. */
  static final int MAX_FILE_BYTES = 4 * 1024 * 1024;

  /** The most files in all. */
  static final int MAX_FILES = 200;

  /** How deep files include files, as in Pound. */
  static final int MAX_DEPTH = 99;

  /** Pound reads lines into a buffer of 4,096 bytes. */
  static final int MAX_LINE_BYTES = 4095;

  private final Path base;
  private final Deque<Open> files = new ArrayDeque<>();
  private final MessageDigest digest = sha256();
  private Instant newest = Instant.EPOCH;
  private int opened;
  private String place;

  ConfigLines(Path file) throws FarmConfigException {
    Path directory = file.toAbsolutePath().getParent();
    this.base = directory == null ? file.toAbsolutePath() : directory;
    this.place = file.toString();
    open(file, place);
  }

  /** The next line that says something; null at the end. */
  @Nullable ConfigLine next() throws FarmConfigException {
    while (!files.isEmpty()) {
      Open file = files.element();
      if (file.next == file.lines.size()) {
        files.pop();
        continue;
      }
      String text = file.lines.get(file.next++);
      place = file.path + ":" + file.next;
      if (text.length() > MAX_LINE_BYTES) {
        throw new FarmConfigException(place + ": has more than " + MAX_LINE_BYTES + " bytes");
      }
      ConfigLine line = ConfigLine.of(place, text);
      if (line.is("Include")) {
        open(base.resolve(line.unquoted()), place);
      } else if (line.is("IncludeDir")) {
        openDirectory(base.resolve(line.unquoted()));
      } else if (!line.saysNothing()) {
        digest.update(
            (line.directive() + " " + line.rest() + "\n").getBytes(StandardCharsets.ISO_8859_1));
        return line;
      }
    }
    return null;
  }

  /** {@code file:line} of the last line that was read. */
  String place() {
    return place;
  }

  Instant newestModification() {
    return newest;
  }

  String digest() {
    return HexFormat.of().formatHex(digest.digest());
  }

  private void open(Path file, String from) throws FarmConfigException {
    if (++opened > MAX_FILES || files.size() >= MAX_DEPTH) {
      throw new FarmConfigException(from + ": includes too much, or itself");
    }
    try {
      if (!Files.isRegularFile(file)) {
        throw new FarmConfigException(from + ": " + file + " is no file that can be read");
      }
      if (Files.size(file) > MAX_FILE_BYTES) {
        throw new FarmConfigException(
            from + ": " + file + " has more than " + MAX_FILE_BYTES + " bytes");
      }
      Instant modified = Files.getLastModifiedTime(file).toInstant();
      newest = modified.isAfter(newest) ? modified : newest;
      // One character a byte: whatever is in the file, it can be read.
      files.push(
          new Open(file, Files.readString(file, StandardCharsets.ISO_8859_1).lines().toList()));
    } catch (IOException e) {
      throw new FarmConfigException(from + ": " + file + " cannot be read: " + e);
    }
  }

  private void openDirectory(Path directory) throws FarmConfigException {
    String from = place;
    try (Stream<Path> found = Files.list(directory)) {
      List<Path> included =
          found
              .filter(file -> isIncluded(String.valueOf(file.getFileName())))
              .sorted((a, b) -> b.getFileName().compareTo(a.getFileName()))
              .limit(MAX_FILES + 1L)
              .toList();
      // The last one opened is read first.
      for (Path file : included) {
        open(file, from);
      }
    } catch (IOException e) {
      throw new FarmConfigException(from + ": " + directory + " cannot be read: " + e);
    }
  }

  private static boolean isIncluded(String name) {
    return !name.startsWith(".") && (name.endsWith(".cfg") || name.endsWith(".conf"));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }

  private static final class Open {
    private final Path path;
    private final List<String> lines;
    private int next;

    Open(Path path, List<String> lines) {
      this.path = path;
      this.lines = lines;
    }
  }
}
