package io.ssyncd.table;

import io.ssyncd.log.Entry;
import io.ssyncd.log.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * Hears of every entry after it has been applied. Called by the thread that applies entries, one
 * call at a time, in the order of the log: must return at once, and must not wait for the log.
 */
public interface TableListener {
  /**
   * An entry has been applied; the table shows it already.
   *
   * @param index its place in the log
   * @param entry what it was; null if it was malformed
   * @param outcome what became of it
   */
  void applied(long index, @Nullable Entry entry, Outcome outcome);

  /**
   * The whole table was replaced by a snapshot: epoch, feeds and records may all have changed, and
   * the entries up to the index will not be heard of.
   *
   * @param index of the last entry in the snapshot
   */
  default void restored(long index) {}
}
