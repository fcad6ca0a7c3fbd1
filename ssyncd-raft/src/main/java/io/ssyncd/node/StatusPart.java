package io.ssyncd.node;

import java.util.List;

/**
 * Something that works beside a node, and is shown in its status. Never blocks; from any thread.
 */
public interface StatusPart {
  /** What an operator should look at. */
  List<Warning> warnings();

  /** Its bounded queues. */
  List<NodeStatus.QueueStatus> queues();
}
