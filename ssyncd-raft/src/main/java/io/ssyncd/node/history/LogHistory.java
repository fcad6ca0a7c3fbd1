package io.ssyncd.node.history;

import java.util.List;

/**
 * What the log of this member tells of some records.
 *
 * @param from the oldest index that the log still has; what was before is in the snapshot alone
 * @param to the last index that was read
 * @param records by key, at most {@link Histories#MAX_RECORDS}
 * @param more whether there were more records
 */
public record LogHistory(long from, long to, List<RecordHistory> records, boolean more) {
  public LogHistory {
    records = List.copyOf(records);
  }
}
