package io.ssyncd.node;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One write into one sink: run once, on a writer's thread, and stopped from any. */
final class SinkWrite implements Runnable {
  private final SessionSink sink;
  private final WriteOrder order;
  private final CompletableFuture<List<ScopeReport>> result = new CompletableFuture<>();
  private @Nullable Thread runner;
  private boolean stopped;

  SinkWrite(SessionSink sink, WriteOrder order) {
    this.sink = sink;
    this.order = order;
  }

  /** What the sink reports, or the exception that ended the write; completed by its thread. */
  CompletableFuture<List<ScopeReport>> result() {
    return result;
  }

  /** Interrupts the write if it runs, and keeps it from running if it waits. */
  synchronized void stop() {
    stopped = true;
    if (runner != null) {
      runner.interrupt();
    }
  }

  @Override
  public void run() {
    List<ScopeReport> reports = null;
    Throwable failure = null;
    if (begin()) {
      try {
        if (!order.fence().holds()) {
          throw new FencedException(sink.feed() + ": nothing was written: " + order.fence().why());
        }
        reports = List.copyOf(sink.write(order));
      } catch (Exception | Error e) {
        failure = e;
      } finally {
        end();
      }
    } else {
      failure = new InterruptedException(sink.feed() + ": the write was called off");
    }
    if (reports != null) {
      result.complete(reports);
    } else {
      result.completeExceptionally(failure);
    }
  }

  private synchronized boolean begin() {
    if (!stopped) {
      runner = Thread.currentThread();
    }
    return !stopped;
  }

  /** An interrupt that came too late must not hit the next write. */
  private synchronized void end() {
    runner = null;
    boolean unused = Thread.interrupted();
  }
}
