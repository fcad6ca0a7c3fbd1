package io.ssyncd.ctl;

import io.ssyncd.cli.Foreign;

/** What goes into a line for a terminal. */
final class Lines {
  private Lines() {}

  /** Text of strangers: control characters are shown, not obeyed. */
  static String shown(String foreign) {
    return Foreign.shown(foreign);
  }

  /** Bytes of strangers, one character each. */
  static String shownBytes(String latin1) {
    return Foreign.shownBytes(latin1);
  }
}
