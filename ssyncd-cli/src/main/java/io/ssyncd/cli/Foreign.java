package io.ssyncd.cli;

/**
 * Text of strangers on a terminal: what a terminal would obey is shown instead, as are characters
 * that turn the direction of a line around.
 */
public final class Foreign {
  private Foreign() {}

  /** The text with {@code \x1b} for each of these; as it is where there are none. */
  public static String shown(String text) {
    StringBuilder out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isISOControl(c)) {
        out.append(String.format("\\x%02x", (int) c));
      } else if (isInvisible(c)) {
        out.append(String.format("\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }

  /**
   * Bytes, one character of ISO-8859-1 each, such as the key of a session. Bytes that are UTF-8
   * stay, for a terminal takes them as letters; control characters of either encoding are shown.
   */
  public static String shownBytes(String latin1) {
    StringBuilder out = new StringBuilder(latin1.length());
    int i = 0;
    while (i < latin1.length()) {
      int length = Math.max(1, utf8Length(latin1, i));
      char first = latin1.charAt(i);
      boolean control =
          length == 1
              ? Character.isISOControl(first)
              : first == 0xc2 && length == 2 && latin1.charAt(i + 1) < 0xa0;
      for (int k = i; k < i + length; k++) {
        out.append(
            control
                ? String.format("\\x%02x", (int) latin1.charAt(k))
                : latin1.substring(k, k + 1));
      }
      i += length;
    }
    return out.toString();
  }

  /** How many bytes from there on are one character of UTF-8 beyond ASCII; 0 if they are none. */
  private static int utf8Length(String bytes, int at) {
    int first = bytes.charAt(at);
    int length =
        first >= 0xc2 && first < 0xe0
            ? 2
            : first >= 0xe0 && first < 0xf0 ? 3 : first >= 0xf0 && first < 0xf5 ? 4 : 0;
    if (at + length > bytes.length()) {
      return 0;
    }
    for (int k = at + 1; k < at + length; k++) {
      if ((bytes.charAt(k) & 0xc0) != 0x80 || bytes.charAt(k) > 0xff) {
        return 0;
      }
    }
    return length;
  }

  private static boolean isInvisible(char c) {
    return (c >= '\u2028' && c <= '\u202e') || (c >= '\u2066' && c <= '\u2069') || c == '\ufeff';
  }
}
