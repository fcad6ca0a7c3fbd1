package io.ssyncd.sink.recent;

import io.ssyncd.node.Endpoint;
import io.ssyncd.source.recent.KernelTables;
import io.ssyncd.source.recent.RecentConfig;
import io.ssyncd.source.recent.RecentSource;

/** This host's kernel tables: source and sink, and what both know of them. */
public final class RecentEndpoint implements Endpoint {
  private final RecentSource source;
  private final RecentSink sink;

  /** The tables of the running kernel. */
  public RecentEndpoint(RecentConfig config) {
    this(new KernelTables(config));
  }

  /** These tables. */
  public RecentEndpoint(KernelTables tables) {
    this.source = new RecentSource(tables);
    this.sink = new RecentSink(tables);
  }

  @Override
  public RecentSource source() {
    return source;
  }

  @Override
  public RecentSink sink() {
    return sink;
  }

  /** Stops the source; the kernel notices nothing. */
  @Override
  public void close() {
    source.stop();
  }
}
