package io.ssyncd.source.pound;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a pound.cfg, those of included files in their place. {@code Include} and {@code
 * IncludeDir} may stand wherever a line may (Pound up to 2.8a.13; later ones refuse them).
 *
 * <p>A path in them that is not absolute is taken from the directory of the file that was asked
 * for: Pound takes it from its working directory, which nobody else knows.
 *
 * <p>As for Pound, a line ends before its first carriage return.
 */
final class ConfigLines {
  /** The largest file, in bytes. */
  static final int MAX_FILE_BYTES = 4 * 1024 * 1024;

  /** All files together, in bytes. */
  static final int MAX_TOTAL_BYTES = 16 * 1024 * 1024;

  /** The most files in all, one counted as often as it is included. */
  static final int MAX_FILES = 1000;

  /** The most files of one directory, as in Pound. */
  static final int MAX_DIRECTORY_FILES = 200;

  /** How deep files include files, as in Pound. */
  static final int MAX_DEPTH = 99;

  /** Pound reads lines into a buffer of 4,096 bytes. */
  static final int MAX_LINE_BYTES = 4095;

  private final Path main;
  private final Deque<Open> files = new ArrayDeque<>();
  private final MessageDigest digest = sha256();
  private Instant newest = Instant.EPOCH;
  private int opened;
  private long bytes;

  ConfigLines(Path file) throws FarmConfigException {
    this.main = file;
    open(file, file.toString());
  }

  /** The next line that says something; null at the end. */
  @Nullable ConfigLine next() throws FarmConfigException {
    while (!files.isEmpty()) {
      Open file = files.element();
      if (file.at >= file.content.length) {
        files.pop();
        continue;
      }
      ConfigLine line = line(file);
      switch (line.name()) {
        case "" -> {}
        case "include" -> open(path(line), line.place());
        case "includedir" -> openDirectory(path(line), line);
        default -> {
          digest.update((line.normal() + "\n").getBytes(StandardCharsets.ISO_8859_1));
          return line;
        }
      }
    }
    return null;
  }

  Instant newestModification() {
    return newest;
  }

  /** The digest of all lines so far; to be asked for once. */
  String digest() {
    return HexFormat.of().formatHex(digest.digest());
  }

  private static ConfigLine line(Open file) throws FarmConfigException {
    int from = file.at;
    int to = from;
    while (to < file.content.length && file.content[to] != '\n') {
      to++;
    }
    file.at = to + 1;
    file.line++;
    // One character a byte: whatever is in the file, it can be read.
    String text = new String(file.content, from, to - from, StandardCharsets.ISO_8859_1);
    String place = file.path + ":" + file.line;
    if (text.length() > MAX_LINE_BYTES) {
      throw new FarmConfigException(place + ": has more than " + MAX_LINE_BYTES + " bytes");
    }
    if (text.indexOf('\0') >= 0) {
      throw new FarmConfigException(place + ": has a NUL byte");
    }
    int cut = text.indexOf('\r');
    return ConfigLine.of(file.path, file.line, cut < 0 ? text : text.substring(0, cut));
  }

  private Path path(ConfigLine line) throws FarmConfigException {
    try {
      return main.resolveSibling(ConfigLine.utf8(line.quoted()));
    } catch (InvalidPathException e) {
      throw line.wrong(line.directive() + " takes a path: " + e.getReason());
    }
  }

  private void open(Path file, String from) throws FarmConfigException {
    if (opened == MAX_FILES || files.size() >= MAX_DEPTH) {
      throw new FarmConfigException(from + ": includes too much, or itself");
    }
    opened++;
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new FarmConfigException(from + ": " + file + " is no file that can be read");
    }
    byte[] content;
    try (InputStream in = Files.newInputStream(file)) {
      modified(file);
      content = in.readNBytes(MAX_FILE_BYTES + 1);
      modified(file); // it may have been written meanwhile
    } catch (IOException e) {
      throw new FarmConfigException(from + ": " + file + " cannot be read: " + reason(e));
    }
    bytes += content.length;
    if (content.length > MAX_FILE_BYTES || bytes > MAX_TOTAL_BYTES) {
      int most = content.length > MAX_FILE_BYTES ? MAX_FILE_BYTES : MAX_TOTAL_BYTES;
      String what = content.length > MAX_FILE_BYTES ? "" : " with what is included before";
      throw new FarmConfigException(
          from + ": " + file + " has more than " + most + " bytes" + what);
    }
    files.push(new Open(file, content));
  }

  private void openDirectory(Path directory, ConfigLine line) throws FarmConfigException {
    List<Path> included = new ArrayList<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(directory)) {
      modified(directory);
      for (Path file : found) {
        if (isIncluded(String.valueOf(file.getFileName()))) {
          included.add(file);
        }
        if (included.size() > MAX_DIRECTORY_FILES) {
          throw line.wrong(directory + " has more than " + MAX_DIRECTORY_FILES + " files");
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      throw line.wrong(directory + " cannot be read: " + reason(e));
    }
    // The last one opened is read first.
    included.sort(Comparator.comparing(ConfigLines::nameBytes, Arrays::compareUnsigned).reversed());
    for (Path file : included) {
      open(file, line.place());
    }
  }

  private static String reason(Exception e) {
    return e instanceof NoSuchFileException
        ? "there is no such file"
        : e instanceof AccessDeniedException ? "permission denied" : e.toString();
  }

  private static byte[] nameBytes(Path file) {
    return String.valueOf(file.getFileName()).getBytes(StandardCharsets.UTF_8);
  }

  private static boolean isIncluded(String name) {
    return !name.startsWith(".")
        && ((name.endsWith(".cfg") && name.length() > 4)
            || (name.endsWith(".conf") && name.length() > 5));
  }

  private void modified(Path path) throws IOException {
    Instant modified = Files.getLastModifiedTime(path).toInstant();
    newest = modified.isAfter(newest) ? modified : newest;
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
    private final byte[] content;
    private int at;
    private int line;

    Open(Path path, byte[] content) {
      this.path = path;
      this.content = content;
    }
  }
}
