package io.ssyncd.ctl;

import io.ssyncd.daemon.control.Exit;
import java.util.List;
import java.util.Optional;

/** {@code FARM}, {@code TABLE}, or {@code table TABLE} as the old tool had it. */
final class ScopeArgument {
  private ScopeArgument() {}

  static Optional<String> of(List<String> words, String what) throws ControlException {
    if (words.isEmpty()) {
      return Optional.empty();
    }
    boolean old = words.size() == 2 && words.get(0).equals("table") && what.equals("RECENT");
    if ((words.size() > 1 && !old) || what.equals("ALL") || what.equals("MODE")) {
      throw new ControlException(
          Exit.USAGE, "usage", "one farm or table, with http or recent, not " + words.size());
    }
    return Optional.of(words.get(words.size() - 1));
  }
}
