package io.ssyncd.sink.recent;

import io.ssyncd.node.EndpointFactory;
import io.ssyncd.session.Feed;
import io.ssyncd.session.Kind;
import io.ssyncd.source.recent.RecentConfig;

/** Opens the one feed of kernel tables. */
public final class RecentEndpoints implements EndpointFactory {
  private final RecentConfig config;

  /** For tables as configured. */
  public RecentEndpoints(RecentConfig config) {
    this.config = config;
  }

  @Override
  public Kind kind() {
    return Kind.RECENT;
  }

  @Override
  public RecentEndpoint open(Feed feed) {
    if (!feed.equals(Feed.RECENT)) {
      throw new IllegalArgumentException("not the feed of kernel tables: " + feed);
    }
    return new RecentEndpoint(config);
  }
}
