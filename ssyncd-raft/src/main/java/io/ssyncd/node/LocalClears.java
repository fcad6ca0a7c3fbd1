package io.ssyncd.node;

import io.ssyncd.log.Entry;
import io.ssyncd.log.Outcome;
import io.ssyncd.log.ReplicatedLog;
import io.ssyncd.session.Kind;
import io.ssyncd.session.Mutation;
import io.ssyncd.session.Scope;
import io.ssyncd.session.SessionKey;
import io.ssyncd.table.TableListener;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What operators clear or purge from the cluster goes out of the process behind this member's feed
 * as well, where that can be done: else the leader would collect it anew, and so would the next
 * one. Every member does so when it applies the clear, behind what is being written there.
 *
 * <p>Only for clears that are news: a member that starts applies old ones again, and what came
 * since must not go. So nothing is done until a barrier has shown where the past ends; a member
 * that was down keeps its rows. Thread-safe.
 */
final class LocalClears implements TableListener {
  private static final Duration RETRY = Duration.ofMillis(250);
  private static final Duration BARRIER_MOST = Duration.ofSeconds(10);
  private static final Logger log = LoggerFactory.getLogger(LocalClears.class);

  private final ReplicatedLog raft;
  private final Feeds feeds;
  private final NodeLoop loop;
  private volatile long past = Long.MAX_VALUE;
  private volatile CompletableFuture<SortedMap<Scope, Integer>> latest =
      CompletableFuture.completedFuture(new TreeMap<>());
  private volatile @Nullable Warning warning;

  LocalClears(ReplicatedLog raft, Feeds feeds, NodeLoop loop) {
    this.raft = raft;
    this.feeds = feeds;
    this.loop = loop;
  }

  /** The log is open: looks for the end of the past, until it is found. */
  void begin() {
    CompletableFuture<Long> barrier;
    try {
      barrier = raft.barrier();
    } catch (RuntimeException e) {
      barrier = CompletableFuture.failedFuture(e);
    }
    var unused =
        barrier
            .copy()
            .orTimeout(BARRIER_MOST.toMillis(), TimeUnit.MILLISECONDS)
            .whenComplete(
                (index, error) -> {
                  if (error == null) {
                    past = index;
                  } else {
                    loop.execute(() -> loop.schedule(RETRY, this::begin));
                  }
                });
  }

  /** Whether a clear that is proposed now will be carried out here. */
  boolean isReady() {
    return past != Long.MAX_VALUE;
  }

  /** How many records each scope lost here by the clear that was applied last. */
  CompletableFuture<SortedMap<Scope, Integer>> latest() {
    return latest.copy();
  }

  /** What is wrong; null if nothing is. */
  @Nullable Warning warning() {
    return warning;
  }

  @Override
  public void applied(long index, @Nullable Entry entry, Outcome outcome) {
    if (index <= past || outcome != Outcome.APPLIED) {
      return;
    }
    if (entry instanceof Entry.Command command
        && command.operation() instanceof Entry.Operation.Clear clear) {
      latest = carryOut(clear);
    } else if (entry instanceof Entry.Purge purge && !purge.deletes().isEmpty()) {
      forget(purge);
    }
  }

  private void forget(Entry.Purge purge) {
    Map<Kind, List<SessionKey>> keys =
        purge.deletes().stream()
            .map(delete -> ((Mutation.Delete) delete).key())
            .collect(Collectors.groupingBy(key -> key.scope().kind()));
    for (LocalFeed local : feeds.all()) {
      Endpoint endpoint = local.endpoint();
      List<SessionKey> its = keys.get(local.feed().kind());
      if (endpoint != null && its != null) {
        var unused =
            local
                .writer()
                .run(() -> endpoint.forget(its))
                .whenComplete((gone, error) -> done(local, error));
      }
    }
  }

  private CompletableFuture<SortedMap<Scope, Integer>> carryOut(Entry.Operation.Clear clear) {
    Scope scope = clear.scope();
    Set<Scope> scopes = scope == null ? Set.of() : Set.of(scope);
    List<CompletableFuture<SortedMap<Scope, Integer>>> parts = new ArrayList<>();
    for (LocalFeed local : feeds.all()) {
      Endpoint endpoint = local.endpoint();
      if (endpoint != null
          && local.feed().kind() == clear.kind()
          && (scope == null || local.feed().covers(scope))) {
        parts.add(
            local
                .writer()
                .run(() -> endpoint.clear(scopes))
                .whenComplete((lost, error) -> done(local, error)));
      }
    }
    return CompletableFuture.allOf(parts.toArray(CompletableFuture[]::new))
        .thenApply(
            all -> {
              SortedMap<Scope, Integer> lost = new TreeMap<>();
              parts.forEach(part -> lost.putAll(part.join()));
              return lost;
            });
  }

  private void done(LocalFeed local, @Nullable Throwable error) {
    if (error == null) {
      warning = null;
      return;
    }
    Throwable cause = Cause.of(error);
    String text =
        "what was cleared or purged is still behind "
            + local.feed()
            + " on this host: "
            + Cause.text(cause)
            + "; do so once more";
    warning = WarningCode.CLEAR_FAILED.with(text);
    if (cause instanceof IOException) {
      log.warn(text);
    } else {
      log.error(text, cause);
    }
  }
}
