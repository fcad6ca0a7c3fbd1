package io.ssyncd.node;

import io.ssyncd.log.RepeatedFailure;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread and its timers. The node's own, named {@code ssyncd-node-NAME}, owns all state of
 * promotion and feeds; what may block does not run on it. A task that throws is logged and ends
 * nothing else. Tasks handed over after {@link #close} are dropped.
 */
final class NodeLoop implements Executor, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(NodeLoop.class);

  private final ScheduledThreadPoolExecutor executor;

  NodeLoop(String name) {
    executor =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread made = new Thread(task, name);
              made.setDaemon(true);
              return made;
            });
    executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    executor.setContinueExistingPeriodicTasksAfterShutdownPolicy(false);
    executor.setRemoveOnCancelPolicy(true);
  }

  /** Runs a task after those handed over before. */
  @Override
  public void execute(Runnable task) {
    try {
      executor.execute(() -> guarded(task));
    } catch (RejectedExecutionException e) {
      log.debug("a task came after the end", e);
    }
  }

  /** A task that is to run later. */
  interface Timer {
    /** Takes it back, if it has not begun. */
    void cancel();
  }

  /** Runs a task once, later. */
  Timer schedule(Duration delay, Runnable task) {
    try {
      Future<?> timer =
          executor.schedule(() -> guarded(task), delay.toNanos(), TimeUnit.NANOSECONDS);
      return () -> timer.cancel(false);
    } catch (RejectedExecutionException e) {
      log.debug("a timer came after the end", e);
      return () -> {};
    }
  }

  /** Runs a task now and again and again; one that always throws does not fill the log. */
  void every(Duration pause, Runnable task) {
    RepeatedFailure failure = new RepeatedFailure();
    var unused =
        executor.scheduleWithFixedDelay(
            () -> guarded(task, failure), 0, pause.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Runs nothing more after the task that runs now; does not wait for it. */
  @Override
  public void close() {
    executor.shutdown();
  }

  private static void guarded(Runnable task) {
    guarded(task, new RepeatedFailure());
  }

  private static void guarded(Runnable task, RepeatedFailure failure) {
    try {
      task.run();
    } catch (RuntimeException | Error e) {
      // Also errors: the executor would keep them to itself, and never run a timer of it again.
      long times = failure.toSay(System.nanoTime());
      if (times > 0) {
        log.error("a task of the node failed by a bug, {} times since this was said", times, e);
      }
    }
  }
}
