package io.ssyncd.node.diff;

import io.ssyncd.session.Scope;
import io.ssyncd.session.SessionRecord;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the tables of two members differ at one index of the log.
 *
 * @param first a member's name
 * @param second the other one's
 * @param index of the entry at which they were compared
 * @param scopes all farms and tables that either holds records of
 * @param records the records that differ, at most as many as were asked for
 * @param more whether there are more than these
 * @param rest what else differs that is replicated, in words: epoch, feeds
 */
public record TableDiff(
    String first,
    String second,
    long index,
    List<ScopeDiff> scopes,
    List<RecordDiff> records,
    boolean more,
    List<String> rest) {
  public TableDiff {
    scopes = List.copyOf(scopes);
    records = List.copyOf(records);
    rest = List.copyOf(rest);
  }

  /** Whether both hold the same. */
  public boolean equal() {
    return rest.isEmpty() && scopes.stream().allMatch(ScopeDiff::equal);
  }

  /**
   * A farm or table.
   *
   * @param first how many records the first member holds of it
   * @param second how many the second one does
   * @param equal whether their digests are the same
   */
  public record ScopeDiff(Scope scope, long first, long second, boolean equal) {}

  /**
   * A record that differs.
   *
   * @param first as the first member has it; null if it has not
   * @param second as the second one has it; null if it has not
   */
  public record RecordDiff(
      Scope scope, @Nullable SessionRecord first, @Nullable SessionRecord second) {}
}
