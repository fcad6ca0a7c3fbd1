package io.ssyncd.log.atomix;

import io.atomix.primitive.operation.OperationId;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** One command of {@link SessionLine}, waiting or in flight. Its fields belong to the line. */
final class Operation {
  final OperationId what;
  final byte[] bytes;

  /** Whether it goes before those that wait: its order among them does not matter. */
  final boolean urgent;

  final long deadline;
  final CompletableFuture<Answer.Done> done = new CompletableFuture<>();

  /** How often it was sent. */
  int attempts;

  /** Whether an attempt ended without saying if the command was taken. */
  boolean perhapsTaken;

  private Operation(OperationId what, byte[] bytes, boolean urgent, Duration timeout) {
    this.what = what;
    this.bytes = bytes;
    this.urgent = urgent;
    this.deadline = System.nanoTime() + timeout.toNanos();
  }

  static Operation proposal(byte[] entry, Duration timeout) {
    return new Operation(TableService.APPLY, entry, false, timeout);
  }

  /** Overtakes: what has to be seen after it was acknowledged before it. */
  static Operation barrier(Duration timeout) {
    return new Operation(TableService.BARRIER, new byte[0], true, timeout);
  }

  /** A change of the members; it overtakes too. */
  static Operation members(RosterChange change, Duration timeout) {
    return new Operation(TableService.MEMBERS, change.encode(), true, timeout);
  }

  boolean overdue(long now) {
    return now - deadline >= 0;
  }
}
