package io.ssyncd.session;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * Names a session in reports and logs without telling its key, which may be a password. The same
 * key has the same name for the life of this process, and another one in the next: nobody who reads
 * a log can try keys against it.
 */
public final class KeyName {
  /** Among 10,000 sessions it takes luck for two to share a name. */
  private static final int BYTES = 4;

  private static final byte[] SALT = new byte[16];

  static {
    new SecureRandom().nextBytes(SALT);
  }

  private KeyName() {}

  /** Eight hexadecimal digits. */
  public static String of(Bytes key) {
    MessageDigest digest = sha256();
    digest.update(SALT);
    digest.update(key.toArray());
    return HexFormat.of().formatHex(digest.digest(), 0, BYTES);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
  }
}
