package io.ssyncd.sink.recent;

import java.io.IOException;
import java.util.List;
import java.util.function.BiConsumer;

/** Puts entries into one table, some at a time. */
interface EntryWriter {
  /**
   * Makes the next entries ready.
   *
   * @param entries all that are to be written
   * @param from the first that is not written yet
   * @param most how many at most
   * @return how many go at once, at least one
   */
  int prepare(List<PlannedEntry> entries, int from, int most);

  /**
   * Writes what was made ready.
   *
   * @param failed takes each entry that the kernel refused, and what it said
   * @throws IOException if nothing can be written any more
   */
  void flush(BiConsumer<PlannedEntry, String> failed) throws IOException;

  /** Whether ages, hits and ttl of this entry are kept. */
  boolean keepsAges(PlannedEntry planned);
}
