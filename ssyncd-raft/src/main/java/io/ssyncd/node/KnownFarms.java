package io.ssyncd.node;

import io.ssyncd.log.Entry.Operation;
import io.ssyncd.log.ReplicatedLog;
import io.ssyncd.session.Feed;
import io.ssyncd.session.Kind;
import io.ssyncd.session.Scope;
import io.ssyncd.table.TableView;
import java.util.Collection;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which farms an operator can mean when one is to be stopped or cleared: a slip of the pen would be
 * committed without a word otherwise. Any farm can be started. Thread-safe.
 */
final class KnownFarms {
  private final NodeConfig config;
  private final ReplicatedLog raft;
  private final TableView table;

  KnownFarms(NodeConfig config, ReplicatedLog raft, TableView table) {
    this.config = config;
    this.raft = raft;
    this.table = table;
  }

  /**
   * Done if the operation names no farm that nobody knows; else fails with {@link
   * UnknownFarmException}, once a barrier has shown that this node has not just not heard of it.
   */
  CompletableFuture<Void> check(Operation operation) {
    Feed farm = named(operation);
    if (farm == null || config.witness() || all().contains(farm)) {
      return CompletableFuture.completedFuture(null);
    }
    return raft.barrier()
        .thenCompose(
            index -> {
              Collection<Feed> known = all();
              return known.contains(farm)
                  ? CompletableFuture.completedFuture(null)
                  : CompletableFuture.failedFuture(unknown(farm, known));
            });
  }

  private static @Nullable Feed named(Operation operation) {
    if (operation instanceof Operation.StopFeed stop) {
      return stop.feed().kind() == Kind.HTTP ? stop.feed() : null;
    }
    Scope scope = operation instanceof Operation.Clear clear ? clear.scope() : null;
    return scope != null && scope.kind() == Kind.HTTP ? Feed.farm(scope.name()) : null;
  }

  private SortedSet<Feed> all() {
    SortedSet<Feed> all = new TreeSet<>(config.feeds());
    all.addAll(table.startedFeeds());
    all.addAll(table.stoppedFeeds());
    table.counts().keySet().stream()
        .filter(scope -> scope.kind() == Kind.HTTP)
        .forEach(scope -> all.add(Feed.farm(scope.name())));
    all.removeIf(feed -> feed.kind() != Kind.HTTP);
    return all;
  }

  private static UnknownFarmException unknown(Feed farm, Collection<Feed> known) {
    String names = known.stream().map(Feed::name).collect(Collectors.joining(", "));
    return new UnknownFarmException(
        "no farm "
            + farm.name()
            + " is configured here, was started, or has sessions; known: "
            + (names.isEmpty() ? "none" : names));
  }
}
