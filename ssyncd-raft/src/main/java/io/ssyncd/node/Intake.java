package io.ssyncd.node;

import io.ssyncd.session.Mutation;
import io.ssyncd.table.TableView;

/**
 * Takes what a source saw and brings it to the log. Thread-safe; never blocks, for a source that
 * waits stalls the traffic of the process behind it.
 */
public interface Intake {
  /**
   * Hands over a change. Changes of one key that wait for the log are merged: the latest wins.
   *
   * @return false if the bound of distinct waiting keys is reached: the change was dropped, and
   *     {@link SessionSource#resync()} is called when the log has caught up
   */
  boolean offer(Mutation mutation);

  /** What the cluster holds now; may be a moment behind what was offered. */
  TableView table();

  /**
   * The process behind the source was replaced by another one, which knows nothing. The node stops
   * the source, writes the table into the new process, and starts the source again.
   */
  void replaced();
}
