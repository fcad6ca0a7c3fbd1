package io.ssyncd.source.pound;

/**
 * A line of a pound.cfg that says something.
 *
 * @param place {@code file:line}
 * @param directive its first word
 * @param rest what follows, without blanks around it
 */
record ConfigLine(String place, String directive, String rest) {
  /** A line of text; blank ones and comments have an empty directive. */
  static ConfigLine of(String place, String text) {
    String stripped = strip(text);
    if (stripped.startsWith("#")) {
      return new ConfigLine(place, "", "");
    }
    int end = 0;
    while (end < stripped.length() && !isBlank(stripped.charAt(end))) {
      end++;
    }
    return new ConfigLine(place, stripped.substring(0, end), strip(stripped.substring(end)));
  }

  boolean is(String name) {
    return directive.equalsIgnoreCase(name);
  }

  boolean saysNothing() {
    return directive.isEmpty();
  }

  /** What stands between the first double quote and the last; empty without two. */
  String unquoted() {
    int from = rest.indexOf('"');
    int to = rest.lastIndexOf('"');
    return to > from ? rest.substring(from + 1, to) : "";
  }

  long number(long least, long most) throws FarmConfigException {
    try {
      long number = Long.parseLong(rest);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw wrong(directive + " takes a number");
    }
    throw wrong(directive + " is " + least + " to " + most);
  }

  FarmConfigException wrong(String what) {
    return new FarmConfigException(place + ": " + what);
  }

  private static String strip(String text) {
    int from = 0;
    int to = text.length();
    while (from < to && isBlank(text.charAt(from))) {
      from++;
    }
    while (to > from && isBlank(text.charAt(to - 1))) {
      to--;
    }
    return text.substring(from, to);
  }

  /** Only these two are blanks to Pound. */
  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t';
  }
}
