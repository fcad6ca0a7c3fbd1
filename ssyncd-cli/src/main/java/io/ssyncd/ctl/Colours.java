package io.ssyncd.ctl;

import java.util.Map;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.ColorScheme;

/** Colours, where somebody sees them and has not asked for none (https://no-color.org). */
final class Colours {
  private Colours() {}

  /** Of the help. */
  static ColorScheme scheme() {
    return Help.defaultColorScheme(wanted(Terminal.own(), System.getenv()) ? Ansi.ON : Ansi.OFF);
  }

  /** Whether a terminal that can show them shows the answer. */
  static boolean wanted(Terminal terminal, Map<String, String> environment) {
    return terminal.out() && terminal.moves() && environment.getOrDefault("NO_COLOR", "").isEmpty();
  }
}
