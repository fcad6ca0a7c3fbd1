package io.ssyncd.log.atomix;

import io.atomix.primitive.operation.OperationId;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** One command of {@link SessionLine}, waiting or in flight. Its fields belong to the line. */
final class Operation {
  final OperationId what;
  final byte[] bytes;
  final long deadline;
  final CompletableFuture<Answer.Done> done = new CompletableFuture<>();

  /** How often it was sent. */
  int attempts;

  /** Whether an attempt ended without saying if the command was taken. */
  boolean perhapsTaken;

  Operation(OperationId what, byte[] bytes, Duration timeout) {
    this.what = what;
    this.bytes = bytes;
    this.deadline = System.nanoTime() + timeout.toNanos();
  }

  boolean overdue(long now) {
    return now - deadline >= 0;
  }
}
