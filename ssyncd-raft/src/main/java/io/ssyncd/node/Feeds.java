package io.ssyncd.node;

import io.ssyncd.session.Feed;
import io.ssyncd.session.HttpKey;
import io.ssyncd.session.Kind;
import io.ssyncd.session.SessionKey;
import io.ssyncd.table.TableView;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which feeds are live, and their local ends: what the configuration names, and what operators
 * started, less what they stopped. Open on every member that is no witness, whoever leads. On the
 * node's thread, but for {@link #all}, {@link #isSecret}, {@link #hearing} and {@link #warning}.
 */
final class Feeds {
  /** How many feeds may be live on a node: each has threads and a connection. */
  static final int MAX_FEEDS = 256;

  private static final Logger log = LoggerFactory.getLogger(Feeds.class);

  private final List<Feed> configured;
  private final TableView table;
  private final NodeLoop loop;
  private final Map<Kind, EndpointFactory> factories = new EnumMap<>(Kind.class);
  private final Listener listener;
  private final SortedMap<Feed, LocalFeed> live = new TreeMap<>();

  /** Those that are being closed, and when they are. */
  private final SortedMap<Feed, CompletableFuture<Void>> closing = new TreeMap<>();

  private final Map<Feed, FeedCounters> counters = new HashMap<>();
  private volatile List<LocalFeed> shown = List.of();
  private volatile int tooMany;
  private boolean closed;

  /** Hears of feeds, on the node's thread. */
  interface Listener {
    /** A local end was opened. */
    void opened(LocalFeed feed);

    /** A local end is about to be closed: nothing may use it after this call. */
    void closing(LocalFeed feed);
  }

  Feeds(
      List<Feed> configured,
      TableView table,
      NodeLoop loop,
      List<EndpointFactory> factories,
      Listener listener) {
    this.configured = configured;
    this.table = table;
    this.loop = loop;
    this.listener = listener;
    for (EndpointFactory factory : factories) {
      this.factories.put(factory.kind(), factory);
    }
  }

  /** All live feeds, in their order. */
  List<LocalFeed> all() {
    return shown;
  }

  /** Whether the key of a record is a secret, as far as this host knows: else it counts as one. */
  boolean isSecret(SessionKey key) {
    Feed feed = key instanceof HttpKey http ? Feed.farm(http.farm()) : Feed.RECENT;
    return shown.stream()
        .filter(local -> local.feed().equals(feed))
        .map(LocalFeed::endpoint)
        .filter(Objects::nonNull)
        .map(endpoint -> endpoint.isSecret(key))
        .findFirst()
        .orElse(key instanceof HttpKey);
  }

  /** Which farms this host hears. */
  Hearing hearing() {
    return Hearing.of(shown.stream().filter(local -> local.feed().kind() == Kind.HTTP).toList());
  }

  /** Opens what became live, and closes what is no longer. */
  void reconcile() {
    if (closed) {
      return;
    }
    SortedSet<Feed> wanted = wanted();
    for (LocalFeed local : List.copyOf(live.values())) {
      if (!wanted.contains(local.feed())) {
        close(local);
      }
    }
    List<LocalFeed> opened = new ArrayList<>();
    for (Feed feed : wanted) {
      if (!live.containsKey(feed) && !closing.containsKey(feed)) {
        LocalFeed local = open(feed);
        live.put(feed, local);
        opened.add(local);
      }
    }
    shown = List.copyOf(live.values());
    opened.forEach(listener::opened);
  }

  /** Tries again what could not be opened. */
  void retryRefused() {
    live.values().removeIf(local -> local.endpoint() == null);
    reconcile();
  }

  private SortedSet<Feed> wanted() {
    SortedSet<Feed> wanted = new TreeSet<>(configured);
    wanted.removeAll(table.stoppedFeeds());
    SortedSet<Feed> started = new TreeSet<>(table.startedFeeds());
    started.removeAll(wanted);
    int room = Math.max(0, MAX_FEEDS - wanted.size());
    tooMany = Math.max(0, started.size() - room);
    started.stream().limit(room).forEach(wanted::add);
    return wanted;
  }

  private LocalFeed open(Feed feed) {
    Endpoint endpoint = null;
    String refusal = null;
    EndpointFactory factory = factories.get(feed.kind());
    if (factory == null) {
      refusal = "it is not set up for " + feed.kind().word();
    } else {
      try {
        endpoint = factory.open(feed);
        log.info("{} opened", feed);
      } catch (RuntimeException | LinkageError e) {
        refusal = String.valueOf(e.getMessage());
        log.warn("{} cannot be opened on this host: {}", feed, refusal, e);
      }
    }
    SinkWriter writer =
        new SinkWriter("ssyncd-write-" + feed.kind().word() + "-" + feed.name(), loop);
    return new LocalFeed(
        feed,
        endpoint,
        refusal,
        writer,
        counters.computeIfAbsent(feed, unused -> new FeedCounters()));
  }

  /**
   * Closing waits for the process behind the feed, so it runs on the writer's thread; until it is
   * done the feed is not opened again, for two connections to a Pound disturb each other.
   */
  private void close(LocalFeed local) {
    live.remove(local.feed());
    listener.closing(local);
    CompletableFuture<Void> done = new CompletableFuture<>();
    closing.put(local.feed(), done);
    local
        .writer()
        .close(
            () -> {
              closeEndpoint(local);
              done.complete(null);
              loop.execute(
                  () -> {
                    closing.remove(local.feed());
                    reconcile();
                  });
            });
  }

  private static void closeEndpoint(LocalFeed local) {
    Endpoint endpoint = local.endpoint();
    if (endpoint != null) {
      try {
        endpoint.close();
        log.info("{} closed", local.feed());
      } catch (RuntimeException | LinkageError e) {
        log.error("{} was not closed in order", local.feed(), e);
      }
    }
  }

  /**
   * Closes all for good.
   *
   * @return done when each is closed, those that were stopped just before included
   */
  CompletableFuture<Void> closeAll() {
    closed = true;
    List.copyOf(live.values()).forEach(this::close);
    shown = List.of();
    return CompletableFuture.allOf(closing.values().toArray(CompletableFuture[]::new));
  }

  /** What is wrong with the feeds as a whole. */
  @Nullable Warning warning() {
    int over = tooMany;
    return over == 0
        ? null
        : WarningCode.TOO_MANY_FEEDS.with(
            over + " feeds beyond the " + MAX_FEEDS + " that a node takes are left out");
  }
}
