package io.ssyncd.node;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A line of keepalived's notify FIFO: {@code INSTANCE "VI_1" MASTER 198}.
 *
 * @param group whether it speaks of a sync group, whose instances have lines of their own
 * @param name of the instance or group
 * @param state which it entered
 * @param priority its effective priority then, 0 to 255
 */
record VrrpLine(boolean group, String name, VrrpState state, int priority) {
  /** The longest name of an instance; keepalived knows no bound, but a line has one. */
  static final int MAX_NAME = 128;

  private static final Pattern FORM =
      Pattern.compile("(INSTANCE|GROUP) \"([^\"]*)\" ([A-Z_]+)(?: ([0-9]{1,3}))?");

  /** A line that is none, and why. */
  static final class Malformed extends Exception {
    private static final long serialVersionUID = 1L;

    Malformed(String reason) {
      super(reason);
    }

    /** Why. */
    String reason() {
      return String.valueOf(getMessage());
    }
  }

  /**
   * Reads a line.
   *
   * @param line without its end
   * @throws Malformed if it is none; says what is wrong with it
   */
  static VrrpLine parse(String line) throws Malformed {
    Matcher form = FORM.matcher(line);
    if (!form.matches()) {
      throw new Malformed("is not of the form INSTANCE \"NAME\" STATE PRIORITY");
    }
    String name = form.group(2);
    if (name.isEmpty() || name.length() > MAX_NAME) {
      throw new Malformed("has a name of " + name.length() + " characters, not 1 to " + MAX_NAME);
    }
    VrrpState state = VrrpState.of(form.group(3));
    if (state == null) {
      throw new Malformed("has the state " + form.group(3) + ", which keepalived does not have");
    }
    int priority = form.group(4) == null ? 0 : Integer.parseInt(form.group(4));
    if (priority > 255) {
      throw new Malformed("has the priority " + priority + ", which is over 255");
    }
    return new VrrpLine(form.group(1).equals("GROUP"), name, state, priority);
  }
}
