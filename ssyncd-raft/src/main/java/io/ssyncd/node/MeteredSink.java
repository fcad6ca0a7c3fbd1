package io.ssyncd.node;

import io.ssyncd.session.Feed;
import io.ssyncd.session.Scope;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.List;
import java.util.Set;

/** A sink for one write, which counts what that took of a processor, the kernel's part included. */
final class MeteredSink implements SessionSink {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final SessionSink sink;
  private volatile long cpuNanos;

  MeteredSink(SessionSink sink) {
    this.sink = sink;
  }

  /** What the write took. */
  long cpuNanos() {
    return cpuNanos;
  }

  @Override
  public Feed feed() {
    return sink.feed();
  }

  @Override
  public List<ScopeReport> write(WriteOrder order)
      throws IOException, InterruptedException, FencedException {
    long begin = now();
    try {
      return sink.write(order);
    } finally {
      cpuNanos = now() - begin;
    }
  }

  /** Of this thread; where the JVM does not tell, the time that passed stands for it. */
  private static long now() {
    long nanos = THREADS.isCurrentThreadCpuTimeSupported() ? THREADS.getCurrentThreadCpuTime() : -1;
    return nanos < 0 ? System.nanoTime() : nanos;
  }

  @Override
  public boolean isUnwritten() {
    return sink.isUnwritten();
  }

  @Override
  public Set<Scope> emptied() {
    return sink.emptied();
  }

  @Override
  public List<Warning> warnings() {
    return sink.warnings();
  }
}
