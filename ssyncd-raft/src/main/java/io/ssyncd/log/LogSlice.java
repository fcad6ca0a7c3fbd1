package io.ssyncd.log;

import java.util.List;

/**
 * A part of the log, without what the log keeps there for itself.
 *
 * @param begin the index at which it begins; larger than where the part before it ended if the log
 *     was cut meanwhile
 * @param next the index at which the next part begins
 * @param end whether there is no more for now
 * @param entries in their order
 */
public record LogSlice(long begin, long next, boolean end, List<LoggedEntry> entries) {
  public LogSlice {
    entries = List.copyOf(entries);
  }
}
