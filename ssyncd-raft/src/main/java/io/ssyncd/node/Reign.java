package io.ssyncd.node;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One stretch of this node's leadership, from its election to its end. A later one is another
 * object, so that what belongs to an earlier one can tell. Of the node's thread, but for {@link
 * #holds}.
 */
final class Reign {
  private final long term;
  private final long beganNanos;
  private final UUID request = UUID.randomUUID();
  private volatile boolean over;
  private volatile long epoch;
  private @Nullable Ingest ingest;
  private boolean written;
  private boolean ready;

  Reign(long term, long nowNanos) {
    this.term = term;
    this.beganNanos = nowNanos;
  }

  long term() {
    return term;
  }

  long beganNanos() {
    return beganNanos;
  }

  /** Names this reign's OPEN, however often it has to be proposed. */
  UUID request() {
    return request;
  }

  /** The index of this reign's OPEN; 0 while it is not known. */
  long epoch() {
    return epoch;
  }

  void open(long itsEpoch, Ingest itsIngest) {
    epoch = itsEpoch;
    ingest = itsIngest;
  }

  @Nullable Ingest ingest() {
    return ingest;
  }

  /** Whether each sink was tried once. */
  boolean written() {
    return written;
  }

  void markWritten() {
    written = true;
  }

  /** Whether each sink was in place once: a Pound that restarts later does not take that back. */
  boolean ready() {
    return ready;
  }

  void markReady() {
    ready = true;
  }

  /** Whether this node leads in this reign still. Any thread. */
  boolean holds() {
    return !over;
  }

  void end() {
    over = true;
    if (ingest != null) {
      ingest.stop();
    }
  }
}
