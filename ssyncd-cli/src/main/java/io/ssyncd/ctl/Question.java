package io.ssyncd.ctl;

import io.ssyncd.cli.Foreign;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Asks whoever sits at the terminal; where nobody does, the command itself is the answer. */
final class Question {
  private Question() {}

  /**
   * Whether to go on.
   *
   * @param yes the operator said so already
   * @param question in words, without the choice
   * @param to where the question goes: beside the answer, which may be read by a program
   */
  static boolean agreed(boolean yes, String question, PrintStream to) {
    if (yes || !Terminal.own().in()) {
      return true;
    }
    to.print(Foreign.shown(question) + " [y/N] ");
    to.flush();
    String answer = typed();
    return answer != null && answer.strip().toLowerCase(Locale.ROOT).startsWith("y");
  }

  private static @Nullable String typed() {
    try {
      return new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset()))
          .readLine();
    } catch (IOException e) {
      return null; // whoever typed is gone, and has not agreed
    }
  }
}
