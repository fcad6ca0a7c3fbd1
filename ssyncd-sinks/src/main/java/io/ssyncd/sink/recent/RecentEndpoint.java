package io.ssyncd.sink.recent;

import io.ssyncd.node.Endpoint;
import io.ssyncd.node.Figure;
import io.ssyncd.node.NodeStatus;
import io.ssyncd.session.Scope;
import io.ssyncd.session.SessionKey;
import io.ssyncd.source.recent.JiffiesWatch;
import io.ssyncd.source.recent.KernelTables;
import io.ssyncd.source.recent.RecentConfig;
import io.ssyncd.source.recent.RecentSource;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;

/** This host's kernel tables: source and sink, and what both know of them. */
public final class RecentEndpoint implements Endpoint {
  private final RecentSource source;
  private final RecentSink sink;
  private final JiffiesWatch watch;

  /** The tables of the running kernel. */
  public RecentEndpoint(RecentConfig config) {
    this(new KernelTables(config));
  }

  /** These tables. */
  public RecentEndpoint(KernelTables tables) {
    this.source = new RecentSource(tables);
    this.sink = new RecentSink(tables);
    this.watch = new JiffiesWatch(tables.clock());
  }

  @Override
  public RecentSource source() {
    return source;
  }

  @Override
  public RecentSink sink() {
    return sink;
  }

  @Override
  public SortedMap<Scope, Integer> clear(Set<Scope> scopes)
      throws IOException, InterruptedException {
    return sink.clear(scopes, source::cleared);
  }

  @Override
  public int forget(Collection<SessionKey> keys) throws IOException, InterruptedException {
    return sink.forget(keys);
  }

  @Override
  public List<NodeStatus.QueueStatus> queues() {
    return List.of(sink.removalsWaiting());
  }

  @Override
  public List<Figure> figures() {
    return source.figures();
  }

  /** Stops the source, and takes out no more entries; the kernel notices nothing. */
  @Override
  public void close() {
    source.stop();
    sink.close();
    watch.close();
  }
}
