package io.ssyncd.ctl;

import io.ssyncd.cli.Foreign;

/** Sentences on lines of {@link Columns#WIDTH} columns. */
final class Prose {
  private Prose() {}

  /**
   * Breaks text between its words.
   *
   * @param first what the first line begins with
   * @param rest what the others begin with
   */
  static String of(String first, String rest, String text) {
    StringBuilder out = new StringBuilder();
    StringBuilder line = new StringBuilder(first);
    boolean begun = false;
    for (String word : Foreign.shown(text).strip().split(" +")) {
      int room = Columns.WIDTH - Columns.width(line.toString()) - (begun ? 1 : 0);
      if (begun && Columns.width(word) > room) {
        newLine(out, line, rest);
        begun = false;
      }
      line.append(begun ? " " : "");
      word.codePoints().forEach(codePoint -> append(codePoint, out, line, rest));
      begun = true;
    }
    return out.append(line.toString().stripTrailing()).append('\n').toString();
  }

  /** A word that is longer than a line goes on in the next one. */
  private static void append(int codePoint, StringBuilder out, StringBuilder line, String rest) {
    String character = Character.toString(codePoint);
    if (Columns.width(line.toString()) + Columns.width(character) > Columns.WIDTH) {
      newLine(out, line, rest);
    }
    line.append(character);
  }

  private static void newLine(StringBuilder out, StringBuilder line, String rest) {
    out.append(line.toString().stripTrailing()).append('\n');
    line.setLength(0);
    line.append(rest);
  }
}
