package io.ssyncd.table;

import io.ssyncd.session.Kind;
import io.ssyncd.session.Scope;
import io.ssyncd.session.SessionRecord;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The records of the table as they were at one index.
 *
 * @param index of the last entry that was applied
 * @param epoch of the newest OPEN
 * @param digest of the records alone, 16 hexadecimal digits, see {@link TableDigest}
 * @param records by farm and table
 */
public record TableCopy(
    long index, long epoch, String digest, SortedMap<Scope, List<SessionRecord>> records) {
  public TableCopy {
    records = Collections.unmodifiableSortedMap(new TreeMap<>(records));
  }

  /** How many records of a kind there are. */
  public long count(Kind kind) {
    return records.entrySet().stream()
        .filter(each -> each.getKey().kind() == kind)
        .mapToLong(each -> each.getValue().size())
        .sum();
  }
}
