package io.ssyncd.log.atomix;

import io.atomix.protocols.raft.impl.RaftContext;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Runs things on the one thread that a Raft server's state belongs to. */
final class ServerThread {
  private final RaftContext context;

  ServerThread(RaftContext context) {
    this.context = context;
  }

  void execute(Runnable task) {
    context.getThreadContext().execute(task);
  }

  /**
   * Runs a task and waits for it.
   *
   * @throws TimeoutException if it did not end in time, or was not begun because the thread ended
   * @throws IllegalStateException with what the task threw
   */
  void run(Runnable task, Duration timeout) throws TimeoutException {
    CompletableFuture<Void> done = new CompletableFuture<>();
    execute(
        () -> {
          try {
            task.run();
            done.complete(null);
          } catch (Throwable e) {
            done.completeExceptionally(e);
          }
        });
    try {
      done.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }
}
