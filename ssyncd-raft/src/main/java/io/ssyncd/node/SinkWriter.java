package io.ssyncd.node;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The writes into one sink: one at a time, in the order of the calls, be they a promotion's or an
 * operator's. A sink that hangs holds nobody else. Thread-safe.
 */
final class SinkWriter {
  /** How many writes may wait. */
  static final int MAX_WAITING = 16;

  private final NodeLoop timer;
  private final ThreadPoolExecutor thread;
  private final Set<SinkWrite> open = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /**
   * A writer with a thread of that name, while there is something to write.
   *
   * @param timer interrupts what takes too long
   */
  SinkWriter(String name, NodeLoop timer) {
    this.timer = timer;
    this.thread =
        new ThreadPoolExecutor(
            1,
            1,
            5,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MAX_WAITING),
            task -> {
              Thread made = new Thread(task, name);
              made.setDaemon(true);
              return made;
            });
    thread.allowCoreThreadTimeOut(true);
  }

  /**
   * Writes when those before are done.
   *
   * @param most interrupts the write when it has taken, or waited, for so long
   */
  synchronized SinkWrite submit(SessionSink sink, WriteOrder order, Duration most) {
    SinkWrite write = new SinkWrite(sink, order);
    open.add(write);
    NodeLoop.Timer limit = timer.schedule(most, write::stop);
    var unused =
        write
            .result()
            .whenComplete(
                (reports, error) -> {
                  limit.cancel();
                  open.remove(write);
                });
    try {
      if (closed) {
        throw new RejectedExecutionException(sink.feed() + " is being closed");
      }
      thread.execute(write);
    } catch (RejectedExecutionException e) {
      write
          .result()
          .completeExceptionally(
              closed
                  ? e
                  : new RejectedExecutionException(
                      sink.feed() + ": " + MAX_WAITING + " writes wait already"));
    }
    return write;
  }

  /**
   * Does something else with what the sink writes to, when the writes before are done. Nothing
   * interrupts it: it is short.
   */
  synchronized <T> CompletableFuture<T> run(Callable<T> task) {
    CompletableFuture<T> done = new CompletableFuture<>();
    try {
      thread.execute(
          () -> {
            try {
              if (closed) {
                throw new RejectedExecutionException("the feed is being closed");
              }
              done.complete(task.call());
            } catch (Exception | Error e) {
              done.completeExceptionally(e);
            }
          });
    } catch (RejectedExecutionException e) {
      done.completeExceptionally(
          new RejectedExecutionException(
              closed ? "the feed is being closed" : MAX_WAITING + " writes wait already"));
    }
    return done;
  }

  /** Stops all writes, then runs {@code last}, and ends. */
  synchronized void close(Runnable last) {
    if (closed) {
      return;
    }
    closed = true;
    open.forEach(SinkWrite::stop);
    thread.getQueue().stream()
        .filter(task -> thread.remove(task))
        .forEach(Runnable::run); // a stopped write ends at once, without its sink
    thread.execute(last);
    thread.shutdown();
  }
}
