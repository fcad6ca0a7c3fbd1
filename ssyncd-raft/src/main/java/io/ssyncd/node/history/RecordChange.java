package io.ssyncd.node.history;

import io.ssyncd.session.SessionRecord;
import org.jspecify.annotations.Nullable;

/**
 * An entry of the log changed a record.
 *
 * @param index of the entry
 * @param atMs when it was proposed, by the leader's clock: milliseconds since 1970
 * @param what it did
 * @param record what it is since then; null if it is gone
 */
public record RecordChange(long index, long atMs, What what, @Nullable SessionRecord record) {
  /** What can happen to a record. */
  public enum What {
    /** It is there, or is as given from now on. */
    PUT,
    /** It was taken out. */
    DELETE,
    /** It went with its farm or table. */
    CLEAR,
    /** The whole table was replaced by a saved one, which has it or not. */
    RESTORED
  }
}
