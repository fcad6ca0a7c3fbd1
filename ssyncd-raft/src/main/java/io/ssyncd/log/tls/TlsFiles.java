package io.ssyncd.log.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Where a member's certificate and what belongs to it lie, all PEM.
 *
 * @param certificate the member's certificate, then those between it and the CA, if any
 * @param key its private key, not encrypted: PKCS#8, PKCS#1 or SEC 1
 * @param ca the CAs whose certificates members may show; more than one while a CA is replaced
 */
public record TlsFiles(Path certificate, Path key, Path ca) {
  /** The largest file, in bytes. */
  public static final int MAX_BYTES = 256 * 1024;

  /** Changes when a file does; of a file that cannot be read, the error counts as its content. */
  public String fingerprint() {
    MessageDigest digest = sha256();
    for (Path file : List.of(certificate, key, ca)) {
      try {
        digest.update(read(file));
      } catch (IOException e) {
        digest.update(e.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8));
      }
      digest.update((byte) 0);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Said if others than the key's owner and group can read it; empty if not. */
  public Optional<String> exposure() {
    try {
      return Files.getPosixFilePermissions(key).contains(PosixFilePermission.OTHERS_READ)
          ? Optional.of("everybody on this host can read the private key " + key + ": chmod 600")
          : Optional.empty();
    } catch (IOException | UnsupportedOperationException e) {
      return Optional.of("who can read the private key " + key + " cannot be told: " + e);
    }
  }

  /** Reads a file within the bound. */
  static byte[] read(Path file) throws IOException {
    if (Files.isDirectory(file)) {
      throw new IOException("is a directory");
    }
    try (var in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        throw new IOException("has more than " + MAX_BYTES + " bytes");
      }
      return bytes;
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has it", e);
    }
  }
}
