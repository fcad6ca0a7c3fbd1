package io.ssyncd.log.atomix;

import io.atomix.protocols.raft.cluster.RaftMember;
import io.atomix.protocols.raft.partition.impl.RaftNamespaces;
import io.atomix.protocols.raft.storage.system.Configuration;
import io.atomix.utils.serializer.Serializer;
import io.ssyncd.log.LogRefusedException;
import io.ssyncd.log.atomix.disk.Rejoin;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file in which Atomix 3.1.12 keeps the members (MetaStore), checked before Atomix believes it.
 * It has no checksum, and is written over in place: so a copy of ours counts, see {@link
 * ConfigurationStore}, and Atomix' file is made anew from it where they differ. A directory of an
 * earlier release has no copy yet; there the file has to make sense, and the copy is made from it.
 *
 * <pre>
 * 1 (1), length (4), the members as Atomix' serializer writes them
 * </pre>
 */
final class ConfigurationFile {
  private static final Logger log = LoggerFactory.getLogger(ConfigurationFile.class);
  private static final int HEADER_BYTES = 1 + Integer.BYTES;
  private static final int MAX_BYTES = 1024 * 1024;
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,254}");

  private final Path directory;
  private final Path file;
  private final SmallFile copy;

  private ConfigurationFile(Path directory) {
    this.directory = directory;
    this.file = directory.resolve(LogFiles.PREFIX + ".conf");
    this.copy = copy(directory);
  }

  /** The copy behind a checksum. */
  static SmallFile copy(Path directory) {
    return new SmallFile(directory, "configuration", MAX_BYTES);
  }

  /**
   * Checks the files of a member that has a log, and mends the one by the other.
   *
   * @param directory the log's
   * @throws LogRefusedException if neither can be believed, or the other cannot be written
   */
  static void check(Path directory) throws LogRefusedException {
    new ConfigurationFile(directory).check();
  }

  /**
   * Writes both files anew.
   *
   * @param members as Atomix' serializer writes them
   * @throws LogRefusedException if they cannot be written
   */
  static void replace(Path directory, byte[] members) throws LogRefusedException {
    ConfigurationFile both = new ConfigurationFile(directory);
    both.copy.write(members);
    both.rewrite(members);
  }

  private void check() throws LogRefusedException {
    byte[] kept = kept();
    try {
      byte[] found = Files.size(file) > MAX_BYTES ? new byte[0] : Files.readAllBytes(file);
      if (kept == null) {
        copy.write(members(found));
      } else if (!Arrays.equals(kept, content(found))) {
        log.warn("{} was not what was written last: it is made anew from {}", file, copy.path());
        rewrite(kept);
      }
    } catch (NoSuchFileException e) {
      if (kept == null) {
        throw refused("it is missing beside a log");
      }
      log.warn("{} is missing: it is made anew from {}", file, copy.path());
      rewrite(kept);
    } catch (IOException e) {
      throw new LogRefusedException(file + " cannot be read: " + e, e);
    } catch (UncheckedIOException e) {
      throw new LogRefusedException(String.valueOf(e.getMessage()), e);
    }
  }

  /** What the copy says; null if there is none, or none that can be believed. */
  private byte @Nullable [] kept() {
    try {
      return copy.read();
    } catch (UncheckedIOException e) {
      log.warn("{} has to do: {}", file, e.getMessage());
      return null;
    }
  }

  private void rewrite(byte[] members) throws LogRefusedException {
    ByteBuffer bytes = ByteBuffer.allocate(HEADER_BYTES + members.length);
    bytes.put((byte) 1).putInt(members.length).put(members);
    try {
      // If the power goes now, the next start does it again.
      Files.write(file, bytes.array());
    } catch (IOException e) {
      throw new LogRefusedException(file + " cannot be written: " + e, e);
    }
  }

  private LogRefusedException refused(String problem) {
    return new LogRefusedException(
        file + " does not say who the members are: " + problem + ". " + Rejoin.text(directory));
  }

  /** The members in a file that makes sense. */
  private byte[] members(byte[] found) throws LogRefusedException {
    String problem = problem(found);
    byte[] content = content(found);
    if (problem != null || content == null) {
      throw refused(String.valueOf(problem));
    }
    return content;
  }

  /** What a file holds by its header; null if it has none. */
  private static byte @Nullable [] content(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    if (in.remaining() < HEADER_BYTES || in.get() != 1) {
      return null;
    }
    int length = in.getInt();
    return length <= 0 || length > in.remaining()
        ? null
        : Arrays.copyOfRange(bytes, HEADER_BYTES, HEADER_BYTES + length);
  }

  private static @Nullable String problem(byte[] bytes) {
    byte[] encoded = content(bytes);
    if (encoded == null) {
      return "its header is damaged, or it is cut";
    }
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
