package io.ssyncd.node;

import java.util.UUID;

/**
 * A leadership of this node: from winning an election until it is lost, or until another OPEN takes
 * the place of its own. The fence of all that is written in its name.
 *
 * <p>The fence holds on a lease: the node's thread renews it while a majority answers. A process
 * that was stopped and continued finds it lapsed, and writes nothing more before it has asked the
 * cluster again, although it may not have heard yet that another one leads.
 *
 * <p>Thread-safe.
 */
final class Reign implements WriteOrder.Fence {
  private final long term;
  private final UUID request = UUID.randomUUID();
  private final long electedNanos = System.nanoTime();
  private volatile long epoch;
  private volatile long leaseUntil;
  private volatile boolean over;

  /** Of the term that was won, with a lease until then. */
  Reign(long term, long leaseUntilNanos) {
    this.term = term;
    this.leaseUntil = leaseUntilNanos;
  }

  long term() {
    return term;
  }

  /** Names its OPEN. */
  UUID request() {
    return request;
  }

  long electedNanos() {
    return electedNanos;
  }

  /** The index of its OPEN; 0 before that is applied. */
  long epoch() {
    return epoch;
  }

  void opened(long index) {
    epoch = index;
  }

  void renew(long untilNanos) {
    leaseUntil = untilNanos;
  }

  /** Nothing more is done in its name. */
  void end() {
    over = true;
  }

  boolean isOver() {
    return over;
  }

  @Override
  public boolean holds() {
    return !over && System.nanoTime() - leaseUntil < 0;
  }

  @Override
  public String why() {
    return over
        ? "this node lost the leadership"
        : "no majority answers, so that its leadership is in doubt";
  }

  @Override
  public String toString() {
    return "term " + term + ", epoch " + (epoch == 0 ? "not open" : epoch);
  }
}
