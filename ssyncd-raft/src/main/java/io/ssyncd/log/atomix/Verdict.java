package io.ssyncd.log.atomix;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What the leader says to a wish to change the members: a code and words.
 *
 * @param code what became of it
 * @param text why not, for people; empty if it was done
 */
record Verdict(Code code, String text) {
  private static final int MAX_BYTES = 2000;

  static final Verdict DONE = new Verdict(Code.DONE, "");

  enum Code {
    /** A majority has committed it. */
    DONE,
    /** It cannot be, whoever is asked and whenever. */
    REFUSED,
    /** Not now. */
    UNAVAILABLE,
    /** This member does not lead (yet, or any more). */
    ELSEWHERE
  }

  static Verdict refused(String text) {
    return new Verdict(Code.REFUSED, text);
  }

  static Verdict unavailable(String text) {
    return new Verdict(Code.UNAVAILABLE, text);
  }

  static Verdict elsewhere(String text) {
    return new Verdict(Code.ELSEWHERE, text);
  }

  byte[] encode() {
    byte[] words = text.getBytes(StandardCharsets.UTF_8);
    byte[] bytes = Arrays.copyOf(new byte[] {(byte) code.ordinal()}, 1 + words.length);
    System.arraycopy(words, 0, bytes, 1, words.length);
    return bytes;
  }

  static Verdict decode(byte[] bytes) {
    if (bytes.length == 0 || bytes.length > MAX_BYTES || bytes[0] >= Code.values().length) {
      throw new IllegalArgumentException("no verdict has " + bytes.length + " bytes");
    }
    return new Verdict(
        Code.values()[bytes[0] & 0xff],
        new String(bytes, 1, bytes.length - 1, StandardCharsets.UTF_8));
  }
}
