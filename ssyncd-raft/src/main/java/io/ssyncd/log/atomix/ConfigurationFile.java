package io.ssyncd.log.atomix;

import io.atomix.protocols.raft.cluster.RaftMember;
import io.atomix.protocols.raft.partition.impl.RaftNamespaces;
import io.atomix.protocols.raft.storage.system.Configuration;
import io.atomix.utils.serializer.Serializer;
import io.ssyncd.log.LogRefusedException;
import io.ssyncd.log.atomix.disk.Rejoin;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The file in which Atomix 3.1.12 keeps the members (MetaStore), checked before Atomix believes it.
 * It has no checksum: a name that was changed into another name is not found out here.
 *
 * <pre>
 * 1 (1), length (4), the members as Atomix' serializer writes them
 * </pre>
 */
final class ConfigurationFile {
  private static final int HEADER_BYTES = 1 + Integer.BYTES;
  private static final int MAX_BYTES = 1024 * 1024;
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,254}");

  private ConfigurationFile() {}

  /**
   * Checks the file of a member that has a log.
   *
   * @param directory the log's
   * @throws LogRefusedException if it is missing or damaged
   */
  static void check(Path directory) throws LogRefusedException {
    Path file = directory.resolve(LogFiles.PREFIX + ".conf");
    String problem;
    try {
      problem =
          Files.size(file) > MAX_BYTES
              ? "it has " + Files.size(file) + " bytes"
              : problem(Files.readAllBytes(file));
    } catch (NoSuchFileException e) {
      problem = "it is missing beside a log";
    } catch (IOException e) {
      throw new LogRefusedException(file + " cannot be read: " + e, e);
    }
    if (problem != null) {
      throw new LogRefusedException(
          file + " does not say who the members are: " + problem + ". " + Rejoin.text(directory));
    }
  }

  private static @Nullable String problem(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    if (in.remaining() < HEADER_BYTES || in.get() != 1) {
      return "its header is damaged";
    }
    int length = in.getInt();
    if (length <= 0 || length > in.remaining()) {
      return "a length of " + length + " bytes, and " + in.remaining() + " are there";
    }
    byte[] encoded = new byte[length];
    in.get(encoded);
    try {
      Configuration found = Serializer.using(RaftNamespaces.RAFT_STORAGE).decode(encoded);
      return problem(found);
    } catch (RuntimeException e) {
      // Whatever the serializer makes of bytes that it did not write.
      return "it cannot be decoded (" + e + ")";
    }
  }

  private static @Nullable String problem(Configuration found) {
    if (found.index() < 0 || found.term() < 0 || found.members().isEmpty()) {
      return "index " + found.index() + ", term " + found.term();
    }
    for (RaftMember member : found.members()) {
      if (!NAME.matcher(member.memberId().id()).matches() || member.getType() == null) {
        return "a member without a name or a type";
      }
    }
    return null;
  }
}
