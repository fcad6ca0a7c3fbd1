package io.ssyncd.daemon.settings;

import java.util.List;

/** A configuration file that cannot be used. Every problem names its file, line and key. */
public final class SettingsException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient List<String> problems;

  /** With all that is wrong, one sentence each. */
  public SettingsException(List<String> problems) {
    super(String.join(System.lineSeparator(), problems));
    this.problems = List.copyOf(problems);
  }

  /** All that is wrong, in the order of the file. */
  public List<String> problems() {
    return problems;
  }
}
