package io.ssyncd.ctl;

import java.util.Map;

/**
 * Which of the tool's streams are a terminal, and what it can do. {@code bin/ssyncdctl} finds out:
 * Java could tell of input and output together only, and not the same way in all releases.
 *
 * @param in whether a person types
 * @param out whether a person reads the answer
 * @param err whether a person reads what is said beside it
 * @param moves whether the cursor can be moved
 */
record Terminal(boolean in, boolean out, boolean err, boolean moves) {
  /** Set by {@code bin/ssyncdctl}: the numbers of the streams that are a terminal. */
  static final String PROPERTY = "ssyncd.terminal";

  /** This process'. */
  static Terminal own() {
    return of(System.getProperty(PROPERTY, ""), System.getenv());
  }

  static Terminal of(String streams, Map<String, String> environment) {
    String term = environment.getOrDefault("TERM", "dumb");
    return new Terminal(
        streams.contains("0"),
        streams.contains("1"),
        streams.contains("2"),
        !term.isEmpty() && !term.equals("dumb"));
  }
}
