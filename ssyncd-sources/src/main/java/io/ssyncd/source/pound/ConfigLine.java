package io.ssyncd.source.pound;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;

/**
 * A line of a pound.cfg that says something. Texts have a character for each byte (ISO-8859-1).
 *
 * @param file where it is, which may be an included file
 * @param number its line there, from 1 on
 * @param directive its first word
 * @param rest what follows, without the blanks before it; those behind it stay
 */
record ConfigLine(Path file, int number, String directive, String rest) {
  /** A line of text; blank ones and comments have an empty directive. */
  static ConfigLine of(Path file, int number, String text) {
    int from = skipBlanks(text, 0);
    int to = from;
    if (from < text.length() && text.charAt(from) != '#') {
      while (to < text.length() && !isBlank(text.charAt(to))) {
        to++;
      }
    }
    String directive = text.substring(from, to);
    String rest = directive.isEmpty() ? "" : text.substring(skipBlanks(text, to));
    return new ConfigLine(file, number, directive, rest);
  }

  /** The directive in lower case, for Pound does not mind. */
  String name() {
    return directive.toLowerCase(Locale.ROOT);
  }

  boolean saysNothing() {
    return directive.isEmpty();
  }

  /** The line as it counts for a digest. */
  String normal() {
    return rest.isEmpty() ? name() : name() + " " + value();
  }

  /** What follows the directive, without the blanks behind it. */
  String value() {
    int to = rest.length();
    while (to > 0 && isBlank(rest.charAt(to - 1))) {
      to--;
    }
    return rest.substring(0, to);
  }

  /** Checks that nothing follows. */
  void requireAlone() throws FarmConfigException {
    if (!value().isEmpty()) {
      throw wrong(directive + " takes nothing behind it");
    }
  }

  /** The single word that follows. */
  String word() throws FarmConfigException {
    String word = value();
    if (word.isEmpty() || word.indexOf(' ') >= 0 || word.indexOf('\t') >= 0) {
      throw wrong(directive + " takes one word");
    }
    return word;
  }

  /** What stands between the first double quote and the last. */
  String quoted() throws FarmConfigException {
    String text = value();
    if (text.length() < 3 || !text.startsWith("\"") || !text.endsWith("\"")) {
      throw wrong(directive + " takes a text in double quotes");
    }
    return text.substring(1, text.length() - 1);
  }

  /** A number as Pound takes it: without a plus sign or leading zeros. */
  int number(int least, int most) throws FarmConfigException {
    String text = value();
    try {
      int number = Integer.parseInt(text);
      if (number >= least && number <= most && text.equals(Integer.toString(number))) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw wrong(directive + " takes a number");
    }
    throw wrong(directive + " is " + least + " to " + most);
  }

  /** A 0 or a 1. */
  boolean flag() throws FarmConfigException {
    return number(0, 1) == 1;
  }

  FarmConfigException wrong(String what) {
    return new FarmConfigException(place() + ": " + what);
  }

  /** {@code file:line}. */
  String place() {
    return file + ":" + number;
  }

  /** A text of this file, read as UTF-8. */
  static String utf8(String text) {
    return new String(text.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  private static int skipBlanks(String text, int from) {
    int at = from;
    while (at < text.length() && isBlank(text.charAt(at))) {
      at++;
    }
    return at;
  }

  /** Only these two are blanks to Pound. */
  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t';
  }
}
