package io.ssyncd.node;

import io.ssyncd.log.LogStatus;
import java.time.Duration;

/**
 * Whether the sources of a leader may speak: a majority answers, traffic comes here, and the sinks
 * are written, or have had the time to be. On the node's thread.
 */
final class IngestGate {
  private final Duration deadline;
  private boolean quorum = true;
  private boolean addressHere = true;
  private boolean closed;

  /**
   * @param deadline those whose sinks are written by then do not wait for the others
   */
  IngestGate(Duration deadline) {
    this.deadline = deadline;
  }

  /** A reign begins: whoever was elected had a majority. */
  void begin() {
    quorum = true;
  }

  /**
   * Looks.
   *
   * @param here whether the address that traffic comes to is on this host
   */
  void look(LogStatus status, boolean here) {
    quorum = status.quorum();
    addressHere = here;
  }

  /** Nothing is ingested any more. */
  void close() {
    closed = true;
  }

  boolean isClosed() {
    return closed;
  }

  /**
   * Whether sources of sinks that are written may speak.
   *
   * @param verified whether all sinks are
   */
  boolean isOpen(Reign reign, boolean verified) {
    return quorum && addressHere && !closed && (verified || isPastDeadline(reign));
  }

  private boolean isPastDeadline(Reign reign) {
    return System.nanoTime() - reign.electedNanos() >= deadline.toNanos();
  }

  /** Why it is shut, of a reign that has verified its sinks. */
  String whyNot() {
    if (closed) {
      return "the node is being closed";
    }
    return quorum ? "traffic comes to another host" : "no majority answers";
  }
}
