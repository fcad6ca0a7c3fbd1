package io.ssyncd.log.atomix.disk;

import io.ssyncd.log.LogRefusedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file in which Atomix 3.1.12 keeps term and vote (MetaStore), checked before Atomix believes
 * it. It has no checksum; but the ledgers know the least term it can hold, and everything that was
 * promised, so that it can be done without.
 *
 * <pre>
 * term (8), whether there is a vote (1), length of the name (2), name
 * </pre>
 */
final class MetaFile {
  /** A term above cannot have been reached by elections. */
  private static final long MOST_TERM = 1L << 48;

  private static final int NAME_AT = Long.BYTES + 1 + Short.BYTES;
  private static final int MAX_BYTES = 64 * 1024;
  private static final Logger log = LoggerFactory.getLogger(MetaFile.class);

  private MetaFile() {}

  /**
   * Checks the file of a member that has a log.
   *
   * @param leastTerm the newest one that this member promised anything in
   * @throws LogRefusedException if it is damaged
   */
  static void check(Path file, long leastTerm) throws LogRefusedException {
    try {
      if (Files.notExists(file)) {
        log.warn("{} is missing: term and vote are taken from the ledgers", file);
        return;
      }
      String problem =
          Files.size(file) > MAX_BYTES
              ? "it has " + Files.size(file) + " bytes"
              : problem(ByteBuffer.wrap(Files.readAllBytes(file)), leastTerm);
      if (problem != null) {
        throw new LogRefusedException(
            String.format(
                "%s is damaged: %s. What it held is in the ledgers as well: `mv %s %s.damaged`,"
                    + " then start this daemon again",
                file, problem, file, file));
      }
    } catch (IOException e) {
      throw new LogRefusedException(file + " cannot be read: " + e, e);
    }
  }

  private static @Nullable String problem(ByteBuffer bytes, long leastTerm) {
    if (bytes.remaining() <= Long.BYTES) {
      return "it is cut: " + bytes.remaining() + " bytes";
    }
    long term = bytes.getLong(0);
    if (term < leastTerm || term > MOST_TERM) {
      return "its term is " + term + ", the least it can be is " + leastTerm;
    }
    int voted = bytes.get(Long.BYTES);
    if (voted == 0) {
      return null;
    }
    if (voted != 1 || bytes.limit() < NAME_AT) {
      return "its vote cannot be read";
    }
    int length = Short.toUnsignedInt(bytes.getShort(Long.BYTES + 1));
    if (length == 0 || length > bytes.limit() - NAME_AT) {
      return "its vote is for a name of " + length + " bytes";
    }
    for (int i = 0; i < length; i++) {
      if (bytes.get(NAME_AT + i) < ' ') {
        return "its vote is for no name";
      }
    }
    return null;
  }
}
