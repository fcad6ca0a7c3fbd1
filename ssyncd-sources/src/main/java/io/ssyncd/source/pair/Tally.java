package io.ssyncd.source.pair;

import java.util.SortedMap;
import java.util.TreeMap;

/** The counts of one kind while an import runs; see {@link ImportReport.Counts}. */
final class Tally {
  /** How many reasons are told apart. */
  private static final int MAX_REASONS = 32;

  long frames;
  long added;
  long updated;
  long unchanged;
  long thinned;
  long older;
  long expired;
  long removed;
  long kept;
  private final SortedMap<String, Long> refused = new TreeMap<>();

  void refused(String reason) {
    refused.merge(
        refused.containsKey(reason) || refused.size() < MAX_REASONS ? reason : "other",
        1L,
        Long::sum);
  }

  ImportReport.Counts counts(long held) {
    return new ImportReport.Counts(
        frames,
        added,
        updated,
        unchanged,
        thinned,
        older,
        expired,
        removed,
        held,
        kept,
        new TreeMap<>(refused));
  }
}
