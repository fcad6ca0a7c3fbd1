package io.ssyncd.daemon.control;

/** Text of strangers, made fit for a log or a terminal. */
final class Shown {
  /** Longer text is cut. */
  private static final int MAX_CHARS = 80;

  private Shown() {}

  static String text(String foreign) {
    StringBuilder out = new StringBuilder("\"");
    for (int i = 0; i < Math.min(foreign.length(), MAX_CHARS); i++) {
      char c = foreign.charAt(i);
      out.append(Character.isISOControl(c) ? String.format("\\u%04x", (int) c) : String.valueOf(c));
    }
    return out.append(foreign.length() > MAX_CHARS ? "...\"" : "\"").toString();
  }
}
