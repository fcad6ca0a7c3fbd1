package io.ssyncd.node;

import io.ssyncd.log.LogRefusedException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;

/**
 * Whose a data directory is.
 *
 * @param cluster the cluster's name
 * @param member the member's
 */
public record Identity(String cluster, String member) {
  private static final int MAX_BYTES = 4096;
  private static final String CLUSTER = "cluster = ";
  private static final String MEMBER = "member = ";

  /**
   * Reads it.
   *
   * @return empty if the directory is nobody's yet
   * @throws LogRefusedException if there is something else; names the file
   * @throws IOException if it cannot be read
   */
  public static Optional<Identity> read(Path directory) throws IOException, LogRefusedException {
    Path file = directory.resolve("identity");
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new LogRefusedException(file + " is none of ours: it is too long");
      }
      List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
      if (lines.size() != 2
          || !lines.get(0).startsWith(CLUSTER)
          || !lines.get(1).startsWith(MEMBER)) {
        throw new LogRefusedException(file + " is none of ours: it says " + lines);
      }
      return Optional.of(
          new Identity(
              lines.get(0).substring(CLUSTER.length()), lines.get(1).substring(MEMBER.length())));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  void write(Path directory) throws IOException {
    Path next = directory.resolve("identity.next");
    Files.write(next, List.of(CLUSTER + cluster, MEMBER + member), StandardCharsets.UTF_8);
    try (FileChannel written = FileChannel.open(next, StandardOpenOption.WRITE)) {
      written.force(true);
    }
    Files.move(
        next,
        directory.resolve("identity"),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
    try (FileChannel names = FileChannel.open(directory, StandardOpenOption.READ)) {
      names.force(true);
    }
  }

  String text() {
    return CLUSTER + cluster + ", " + MEMBER + member;
  }
}
