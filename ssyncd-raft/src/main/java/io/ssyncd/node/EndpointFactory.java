package io.ssyncd.node;

import io.ssyncd.session.Feed;
import io.ssyncd.session.Kind;

/** Opens the local ends of the feeds of one kind. */
public interface EndpointFactory {
  /** The kind of feed that it opens. */
  Kind kind();

  /**
   * Opens the local end of a feed. Does not wait for the process behind it.
   *
   * @throws IllegalArgumentException if no such feed can exist on this host; says why
   */
  Endpoint open(Feed feed);
}
