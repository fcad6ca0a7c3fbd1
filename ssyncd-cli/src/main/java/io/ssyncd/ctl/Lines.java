package io.ssyncd.ctl;

/**
 * Text of strangers on a terminal: what a terminal would obey is shown instead, as are characters
 * that turn the direction of a line around.
 */
final class Lines {
  private Lines() {}

  static String shown(String foreign) {
    StringBuilder out = new StringBuilder(foreign.length());
    for (int i = 0; i < foreign.length(); i++) {
      char c = foreign.charAt(i);
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

  private static boolean isInvisible(char c) {
    return c >= '\u2028' && c <= '\u202e' || c >= '\u2066' && c <= '\u2069' || c == '\ufeff';
  }
}
