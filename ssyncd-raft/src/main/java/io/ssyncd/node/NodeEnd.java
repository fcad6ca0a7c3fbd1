package io.ssyncd.node;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of a node, in the order that loses nothing: its sources fall silent, what they have said
 * is committed, the log is left, and then its parts are closed. Each step waits, but not for ever.
 */
final class NodeEnd {
  private static final Duration LEAVE = Duration.ofSeconds(1);
  private static final Duration CLOSE = Duration.ofSeconds(10);
  private static final Logger log = LoggerFactory.getLogger(NodeEnd.class);

  private final NodeParts parts;

  NodeEnd(NodeParts parts) {
    this.parts = parts;
  }

  /** Silences the sources and waits until what they have said is committed. */
  void quiet() {
    CompletableFuture<Void> committed = new CompletableFuture<>();
    NodeLoop loop = parts.threads.node();
    loop.execute(
        () -> {
          parts.ticks.closing();
          parts.promotion.quiet();
          LeaderFeeds leading = parts.promotion.feeds();
          if (leading == null) {
            committed.complete(null);
          } else {
            var unused = leading.committed().whenComplete((d, e) -> committed.complete(null));
          }
        });
    if (!await(committed, LEAVE)) {
      log.warn("not everything that the sources have said is known to be committed");
    }
    CompletableFuture<Void> ended = new CompletableFuture<>();
    loop.execute(
        () -> {
          parts.promotion.close();
          ended.complete(null);
        });
    boolean unused = await(ended, LEAVE);
  }

  /** Closes everything but the log. */
  void end() {
    parts.commands.close();
    parts.writes.close();
    parts.diffs.close();
    closeFeeds();
    tellKeepalived();
    parts.threads.close();
    parts.traffic.close();
    parts.directory.close();
  }

  private void closeFeeds() {
    CompletableFuture<Void> closed = new CompletableFuture<>();
    parts
        .threads
        .node()
        .execute(
            () -> {
              parts.promotion.close();
              var unused = parts.feeds.closeAll().whenComplete((d, e) -> closed.complete(null));
            });
    if (!await(closed, CLOSE)) {
      log.warn("not all feeds could be closed in order");
    }
  }

  /** On the thread that writes the file: it may be at it, and may hang. */
  private void tellKeepalived() {
    CompletableFuture<Void> told = new CompletableFuture<>();
    parts
        .threads
        .track()
        .execute(
            () -> {
              parts.announcer.close();
              told.complete(null);
            });
    if (!await(told, LEAVE)) {
      log.warn("keepalived's file could not be reset in time");
    }
  }

  private static boolean await(CompletableFuture<Void> done, Duration most) {
    try {
      done.get(most.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (ExecutionException | TimeoutException e) {
      return false;
    }
  }
}
