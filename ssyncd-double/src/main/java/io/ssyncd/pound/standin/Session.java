package io.ssyncd.pound.standin;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * A session as the stand-in holds it at one moment.
 *
 * @param listener position of the listener
 * @param service position of the service
 * @param backend position of the backend
 * @param key the key's bytes, 1 to 256, no NUL; not copied: do not change them
 * @param content the backend's address without port
 * @param lastAccess Unix seconds; 64 bits as written, of which the protocol announces the low 32
 */
@SuppressWarnings("ArrayRecordComponent")
public record Session(
    int listener, int service, int backend, byte[] key, String content, long lastAccess) {

  /** The line of {@code dump}: {@code L S B KEYHEX CONTENT LASTACCESS}. */
  public String line() {
    return listener
        + " "
        + service
        + " "
        + backend
        + " "
        + HexFormat.of().formatHex(key)
        + " "
        + content
        + " "
        + lastAccess;
  }

  /** Reads a line of {@code dump}. */
  public static Session parse(String line) {
    String[] f = line.split(" ", -1);
    if (f.length != 6) {
      throw new IllegalArgumentException("not a line of dump: " + f.length + " fields");
    }
    return new Session(
        Integer.parseInt(f[0]),
        Integer.parseInt(f[1]),
        Integer.parseInt(f[2]),
        HexFormat.of().parseHex(f[3]),
        f[4],
        Long.parseLong(f[5]));
  }

  /** The key as text, each byte a character. For tests, whose keys are no secrets. */
  public String keyText() {
    return new String(key, StandardCharsets.ISO_8859_1);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Session o
        && listener == o.listener
        && service == o.service
        && backend == o.backend
        && lastAccess == o.lastAccess
        && content.equals(o.content)
        && Arrays.equals(key, o.key);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(key) + Long.hashCode(lastAccess);
  }

  /** Does not show the key, which may be a password. */
  @Override
  public String toString() {
    return "Session[" + listener + "/" + service + "/" + backend + ", " + key.length + " bytes]";
  }
}
