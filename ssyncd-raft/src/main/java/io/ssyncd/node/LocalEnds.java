package io.ssyncd.node;

import io.ssyncd.session.Feed;
import io.ssyncd.session.Kind;
import io.ssyncd.session.Scope;
import io.ssyncd.table.TableView;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The local ends of all feeds that this node knows: those of its configuration, and those that
 * operators started or stopped. A stopped one stays open, for it can still be written. Changed by
 * the node's thread, read by any.
 */
final class LocalEnds {
  /** The most feeds; more are refused with a warning. */
  static final int MAX_FEEDS = 1_000;

  private static final Logger log = LoggerFactory.getLogger(LocalEnds.class);

  private final List<Feed> configured;
  private final Map<Kind, EndpointFactory> factories = new EnumMap<>(Kind.class);
  private final ConcurrentSkipListMap<Feed, LocalEnd> ends = new ConcurrentSkipListMap<>();
  private final ConcurrentSkipListMap<Feed, String> refused = new ConcurrentSkipListMap<>();

  LocalEnds(NodeConfig config, List<EndpointFactory> factories) {
    this.configured = config.witness() ? List.of() : config.feeds();
    if (!config.witness()) {
      factories.forEach(factory -> this.factories.put(factory.kind(), factory));
    }
  }

  /** Opens what is new, and marks what is started, by configuration and table. */
  void follow(TableView table) {
    if (factories.isEmpty()) {
      return;
    }
    SortedSet<Feed> stopped = table.stoppedFeeds();
    SortedSet<Feed> known = new TreeSet<>(configured);
    known.addAll(table.startedFeeds());
    known.addAll(stopped);
    for (Feed feed : known) {
      LocalEnd end = ends.get(feed);
      if (end == null) {
        end = open(feed);
      }
      if (end != null) {
        end.started(!stopped.contains(feed));
      }
    }
  }

  private @Nullable LocalEnd open(Feed feed) {
    if (refused.containsKey(feed)) {
      return null;
    }
    try {
      EndpointFactory factory = factories.get(feed.kind());
      if (factory == null) {
        throw new IllegalArgumentException("this node has no " + feed.kind().word() + " at all");
      }
      if (ends.size() >= MAX_FEEDS) {
        throw new IllegalArgumentException("more than " + MAX_FEEDS + " feeds");
      }
      LocalEnd end = new LocalEnd(feed, factory.open(feed));
      ends.put(feed, end);
      return end;
    } catch (IllegalArgumentException e) {
      log.warn("{} cannot be opened here: {}", feed, e.getMessage());
      refused.put(feed, String.valueOf(e.getMessage()));
      return null;
    }
  }

  Collection<LocalEnd> all() {
    return ends.values();
  }

  List<LocalEnd> of(Kind kind) {
    return ends.values().stream().filter(end -> end.feed().kind() == kind).toList();
  }

  List<LocalEnd> covering(Scope scope) {
    return ends.values().stream().filter(end -> end.feed().covers(scope)).toList();
  }

  List<Warning> warnings() {
    List<Warning> warnings = new ArrayList<>();
    refused.forEach((feed, why) -> warnings.add(new Warning("feed-refused", feed + ": " + why)));
    for (LocalEnd end : ends.values()) {
      if (end.started()) {
        warnings.addAll(end.endpoint().source().status().warnings());
      }
      warnings.addAll(end.endpoint().sink().warnings());
      String failure = end.failure();
      if (failure != null) {
        warnings.add(new Warning("sink-failed", end.feed() + " was not written: " + failure));
      }
    }
    return warnings;
  }

  void close() {
    for (LocalEnd end : ends.values()) {
      try {
        end.endpoint().close();
      } catch (RuntimeException e) {
        log.error("{} could not be closed in order", end.feed(), e);
      }
    }
    ends.clear();
  }
}
