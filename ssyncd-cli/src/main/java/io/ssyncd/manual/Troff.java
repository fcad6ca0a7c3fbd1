package io.ssyncd.manual;

import java.util.List;

/** Writes a page for man(1), in the macros of man(7). */
final class Troff {
  private final StringBuilder out = new StringBuilder();

  /**
   * A page.
   *
   * @param date of the build, year-month-day
   */
  Troff(String name, int section, String date, String version) {
    macro("TH", name.toUpperCase(java.util.Locale.ROOT), Integer.toString(section), date, version);
  }

  /** A heading. */
  Troff section(String title) {
    return macro("SH", title);
  }

  /** A heading below a heading. */
  Troff subsection(String title) {
    return macro("SS", title);
  }

  /** A paragraph; nothing if there is no text. */
  Troff paragraph(String text) {
    return text.isBlank() ? this : macro("PP").text(text);
  }

  /** A term in bold, and after it what it means, indented. */
  Troff term(String term) {
    macro("TP");
    out.append("\\fB").append(escaped(term)).append("\\fR\n");
    return this;
  }

  /** A paragraph that is indented as the one before. */
  Troff continued(String text) {
    return text.isBlank() ? this : macro("IP").text(text);
  }

  /** Lines as they are. */
  Troff verbatim(List<String> lines) {
    macro("IP").macro("EX");
    for (String line : lines) {
      text(line);
    }
    return macro("EE");
  }

  /** Text that goes on in the same paragraph. */
  Troff text(String text) {
    String escaped = escaped(text);
    boolean control = escaped.startsWith(".") || escaped.startsWith("'");
    out.append(control ? "\\&" : "").append(escaped).append('\n');
    return this;
  }

  private Troff macro(String name, String... arguments) {
    out.append('.').append(name);
    for (String argument : arguments) {
      out.append(" \"")
          .append(escaped(argument).replace("\\-", "-").replace("\"", "\\(dq"))
          .append('"');
    }
    out.append('\n');
    return this;
  }

  private static String escaped(String text) {
    StringBuilder out = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c -> {
              if (c == '\\') {
                out.append("\\e");
              } else if (c == '-') {
                out.append("\\-");
              } else if (c > 0x7e) {
                out.append(String.format("\\[u%04X]", c));
              } else {
                out.append((char) c);
              }
            });
    return out.toString();
  }

  @Override
  public String toString() {
    return out.toString();
  }
}
