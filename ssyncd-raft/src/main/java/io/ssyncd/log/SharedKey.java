package io.ssyncd.log;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A secret that the members share, by which they prove to each other that they belong together. It
 * leaves this object as proofs only: never in a message, a log or a comparison. Immutable.
 */
public final class SharedKey {
  /** What a key has at least, in bytes: as much as {@code openssl rand -hex 16} prints. */
  public static final int MIN_BYTES = 32;

  /** What a key has at most, in bytes. */
  public static final int MAX_BYTES = 4096;

  /** The length of a proof, in bytes. */
  public static final int PROOF_BYTES = 32;

  private static final String ALGORITHM = "HmacSHA256";
  private static final Set<PosixFilePermission> OWNERS =
      Set.of(
          PosixFilePermission.OWNER_READ,
          PosixFilePermission.OWNER_WRITE,
          PosixFilePermission.OWNER_EXECUTE);

  private final SecretKeySpec key;

  private SharedKey(byte[] secret) {
    this.key = new SecretKeySpec(secret, ALGORITHM);
  }

  /**
   * Reads a key: the bytes of the file, less the ends of lines behind them.
   *
   * @throws IOException if it cannot be read, is too short or too long, or is anybody's but its
   *     owner's, who has to be this user or root; names the file and what to do, never its content
   */
  public static SharedKey read(Path file) throws IOException {
    if (!Files.exists(file)) {
      throw new IOException(
          "the key file "
              + file
              + " does not exist; to make one for both nodes: (umask 077; openssl rand -hex 32 > "
              + file
              + ")");
    }
    if (!Files.isRegularFile(file)) {
      throw new IOException("the key file " + file + " is no regular file");
    }
    requirePrivate(file);
    byte[] all;
    try (InputStream in = Files.newInputStream(file)) {
      all = in.readNBytes(MAX_BYTES + 1);
    } catch (IOException e) {
      throw new IOException("the key file " + file + " cannot be read: " + e, e);
    }
    int length = all.length;
    while (length > 0 && (all[length - 1] == '\n' || all[length - 1] == '\r')) {
      length--;
    }
    if (length < MIN_BYTES || all.length > MAX_BYTES) {
      throw new IOException(
          "the key file "
              + file
              + (length < MIN_BYTES ? " has " + length + " bytes" : " is too long")
              + "; a key has "
              + MIN_BYTES
              + " to "
              + MAX_BYTES
              + ", such as (umask 077; openssl rand -hex 32 > "
              + file
              + ")");
    }
    return new SharedKey(Arrays.copyOf(all, length));
  }

  private static void requirePrivate(Path file) throws IOException {
    Object owner = Files.getAttribute(file, "unix:uid");
    Object self = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    if (!owner.equals(self) && !owner.equals(0)) {
      throw new IOException(
          "the key file " + file + " belongs to user " + owner + ", neither to this one nor root");
    }
    if (!OWNERS.containsAll(Files.getPosixFilePermissions(file))) {
      throw new IOException(
          "the key file " + file + " can be reached by others than its owner: chmod 600 " + file);
    }
  }

  /**
   * Proves that whoever made it holds the key.
   *
   * @param about what is proved; each part counts with its length, so that no two lists of parts
   *     are proved alike
   * @return {@value #PROOF_BYTES} bytes
   */
  public byte[] proof(byte[]... about) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      for (byte[] part : about) {
        mac.update((byte) (part.length >> 8));
        mac.update((byte) part.length);
        mac.update(part);
      }
      return mac.doFinal();
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new IllegalStateException("every Java has it", e);
    }
  }

  /** A part of a {@link #proof}. */
  public static byte[] part(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return "a shared key";
  }
}
