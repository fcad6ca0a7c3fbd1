package io.ssyncd.ctl;

/** Text of strangers on a terminal: control characters are shown, not obeyed. */
final class Lines {
  private Lines() {}

  static String shown(String foreign) {
    StringBuilder out = new StringBuilder(foreign.length());
    for (int i = 0; i < foreign.length(); i++) {
      char c = foreign.charAt(i);
      if (Character.isISOControl(c)) {
        out.append(String.format("\\x%02x", (int) c));
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }
}
