package io.ssyncd.sink.recent;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What failed at which table, while the others had their turn: whoever wanted it done has to know,
 * but no table needs to wait for another. Not thread-safe.
 */
final class TableFailures {
  private final String done;
  private @Nullable IOException first;

  /**
   * None yet.
   *
   * @param done what was to be done with the tables, as in "table T cannot be written"
   */
  TableFailures(String done) {
    this.done = done;
  }

  void add(String table, IOException why) {
    IOException named = new IOException("table " + table + " cannot be " + done + ": " + why, why);
    if (first == null) {
      first = named;
    } else {
      first.addSuppressed(named);
    }
  }

  /**
   * To be called at the end.
   *
   * @throws IOException the first failure, with those after it; none if nothing failed
   */
  void throwIfAny() throws IOException {
    if (first != null) {
      throw first;
    }
  }
}
