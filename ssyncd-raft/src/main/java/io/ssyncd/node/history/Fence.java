package io.ssyncd.node.history;

import io.ssyncd.log.Entry;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which entries took effect, found out from the log alone as {@link io.ssyncd.table.SessionTable}
 * did it: repeated and late ones changed nothing. Where the log begins in the middle of an epoch,
 * the first batch is believed; one of a later epoch shows that it was late itself.
 */
final class Fence {
  private static final int MAX_REQUESTS = 4096;

  private final Set<UUID> requests = new LinkedHashSet<>();
  private long first;
  private long epoch;
  private long sequence;
  private @Nullable String ingester;
  private boolean believed;

  /**
   * @param first the oldest index of the log
   */
  Fence(long first) {
    this.first = first;
  }

  /** Whether a batch took effect. */
  boolean passes(Entry.Batch batch) {
    if (!believed && epoch == 0) {
      return believe(batch);
    }
    boolean inTurn =
        batch.epoch() == epoch
            && batch.ingester().equals(ingester)
            && batch.sequence() == sequence + 1;
    if (inTurn) {
      sequence = batch.sequence();
    }
    return inTurn;
  }

  /** Whether a batch shows that those before it, which were believed, came too late. */
  boolean refutes(Entry.Batch batch) {
    boolean refuted = believed && batch.epoch() > epoch && batch.epoch() < first;
    if (refuted) {
      epoch = 0;
      believed = false;
    }
    return refuted;
  }

  private boolean believe(Entry.Batch batch) {
    believed = true;
    epoch = batch.epoch();
    sequence = batch.sequence();
    ingester = batch.ingester();
    return true;
  }

  /** Whether this is the first entry of a request. */
  boolean passes(UUID request) {
    if (!requests.add(request)) {
      return false;
    }
    if (requests.size() > MAX_REQUESTS) {
      requests.remove(requests.iterator().next());
    }
    return true;
  }

  /** An OPEN that passed, or the end of a restore. */
  void opened(long index, @Nullable String by) {
    epoch = index;
    sequence = 0;
    ingester = by;
    believed = false;
  }
}
