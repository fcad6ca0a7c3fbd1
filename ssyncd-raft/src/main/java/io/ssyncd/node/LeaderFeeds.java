package io.ssyncd.node;

import io.ssyncd.session.Feed;
import io.ssyncd.session.Kind;
import io.ssyncd.table.TableView;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * All feeds during one reign: their sinks are written kind after kind, in the configured order; a
 * sink that fails or is slow holds the kinds after its own for the deadline at most, and nobody of
 * its own kind. On the node's thread.
 */
final class LeaderFeeds {
  private final List<Kind> order;
  private final Duration patience;
  private final Ingest ingest;
  private final Function<LocalFeed, @Nullable LeaderFeed> appoint;
  private final SortedMap<Feed, LeaderFeed> feeds = new TreeMap<>();
  private int turn;

  /**
   * Of these feeds.
   *
   * @param order the kinds that are written, in this order; others are taken for written
   * @param patience how long a kind waits for those before
   * @param appoint makes a feed's part in the reign; null if it has no local end
   */
  LeaderFeeds(
      List<Kind> order,
      Duration patience,
      Ingest ingest,
      Function<LocalFeed, @Nullable LeaderFeed> appoint,
      List<LocalFeed> feeds) {
    this.order = order;
    this.patience = patience;
    this.ingest = ingest;
    this.appoint = appoint;
    feeds.forEach(this::add);
  }

  /** A feed became live. */
  void add(LocalFeed local) {
    LeaderFeed feed = appoint.apply(local);
    if (feed != null) {
      feeds.put(local.feed(), feed);
      if (!order.contains(local.feed().kind())) {
        feed.skipWrite();
      }
    }
  }

  /** A feed is live no longer. */
  void remove(Feed feed) {
    LeaderFeed gone = feeds.remove(feed);
    if (gone != null) {
      var unused = gone.stop();
    }
  }

  @Nullable LeaderFeed feed(Feed feed) {
    return feeds.get(feed);
  }

  /** Begins the writes whose turn has come. */
  void writeWhatIsDue() {
    while (turn < order.size() && triedAll(order.get(turn))) {
      turn++;
    }
    for (LeaderFeed feed : feeds.values()) {
      if (feed.phase() == LeaderFeed.Phase.WAITING && order.indexOf(feed.feed().kind()) <= turn) {
        feed.write();
      }
    }
  }

  private boolean triedAll(Kind kind) {
    return feeds.values().stream()
        .filter(feed -> feed.feed().kind() == kind)
        .allMatch(feed -> feed.tried(patience));
  }

  /** Whether every sink was written in this reign. */
  boolean allWritten() {
    return feeds.values().stream().allMatch(LeaderFeed::written);
  }

  /** Whether any source speaks. */
  boolean anyIngesting() {
    return feeds.values().stream().anyMatch(feed -> feed.phase() == LeaderFeed.Phase.INGESTING);
  }

  /** Lets the sources of written sinks speak, or silences all. */
  void ingest(boolean wanted) {
    for (LeaderFeed feed : feeds.values()) {
      if (wanted) {
        feed.start();
      } else {
        feed.pause();
      }
    }
  }

  /** The intake of this feed has room again. */
  void resync(FeedIntake intake) {
    for (LeaderFeed feed : feeds.values()) {
      if (feed.intake().equals(intake)) {
        feed.resync();
      }
    }
  }

  /** Asks again for what the table's limits refused, of kinds that have room by now. */
  void resyncRefused(TableLimits limits) {
    for (LeaderFeed feed : feeds.values()) {
      if (limits.relieved(feed.feed().kind()) && feed.intake().takeRefused()) {
        feed.resync();
      }
    }
  }

  /** A way into the log for what does not come from a source of this host; ends with the reign. */
  RecordImport open(String name, TableView table) {
    return new RecordImport(name, table, ingest);
  }

  /** Done when all that the sources have said is committed. */
  CompletableFuture<Void> committed() {
    return CompletableFuture.allOf(
        feeds.values().stream()
            .map(feed -> ingest.drained(feed.intake()))
            .toArray(CompletableFuture[]::new));
  }

  /**
   * Silences the sources and calls off the writes.
   *
   * @return done when no sink is written any more
   */
  CompletableFuture<Void> end() {
    ingest.end();
    CompletableFuture<?>[] stopped =
        feeds.values().stream().map(LeaderFeed::stop).toArray(CompletableFuture[]::new);
    feeds.clear();
    return CompletableFuture.allOf(stopped);
  }
}
