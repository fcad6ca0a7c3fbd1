package io.ssyncd.node;

import io.ssyncd.session.Feed;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A feed on this host: its endpoint, and how it stands. Written by the node's thread, and by
 * whoever writes the sink while it holds the lock; read by any.
 */
final class LocalEnd {
  private final Feed feed;
  private final Endpoint endpoint;
  private final ReentrantLock writing = new ReentrantLock(true);

  private volatile boolean started;
  private volatile @Nullable FeedIntake intake;
  private volatile boolean verified;
  private volatile String sinkState = "IDLE";
  private volatile @Nullable Instant lastWrite;
  private volatile List<ScopeReport> lastReports = List.of();
  private volatile @Nullable String failure;

  LocalEnd(Feed feed, Endpoint endpoint) {
    this.feed = feed;
    this.endpoint = endpoint;
  }

  Feed feed() {
    return feed;
  }

  Endpoint endpoint() {
    return endpoint;
  }

  /** Whether whoever leads ingests this feed. */
  boolean started() {
    return started;
  }

  void started(boolean is) {
    started = is;
  }

  /** Whether the sink was written and read back in this reign. */
  boolean verified() {
    return verified;
  }

  void verified(boolean is) {
    verified = is;
  }

  boolean ingesting() {
    return intake != null;
  }

  @Nullable FeedIntake intake() {
    return intake;
  }

  /** Opens the source; it reports to {@code to}. */
  void ingest(FeedIntake to) {
    intake = to;
    endpoint.source().start(to);
  }

  /** Closes the source; nothing of it is taken any more from the return on. */
  void stopIngesting() {
    FeedIntake open = intake;
    if (open != null) {
      open.close();
      endpoint.source().stop();
      intake = null;
    }
  }

  /** Writes the sink, one writer at a time, and keeps what came of it. */
  List<ScopeReport> write(WriteOrder order)
      throws IOException, InterruptedException, FencedException {
    writing.lockInterruptibly();
    try {
      if (!order.fence().holds()) {
        throw new FencedException(feed + ": not begun");
      }
      if (order.dryRun()) {
        return endpoint.sink().write(order);
      }
      sinkState = "WRITING";
      List<ScopeReport> reports = endpoint.sink().write(order);
      lastReports = List.copyOf(reports);
      lastWrite = Instant.now();
      failure = null;
      sinkState = reports.stream().allMatch(ScopeReport::complete) ? "VERIFIED" : "PARTIAL";
      return reports;
    } catch (IOException | FencedException | InterruptedException | RuntimeException e) {
      failure =
          e instanceof InterruptedException ? "took too long" : String.valueOf(e.getMessage());
      sinkState = "FAILED";
      throw e;
    } finally {
      writing.unlock();
    }
  }

  NodeStatus.FeedStatus status() {
    SessionSource.SourceStatus source = endpoint.source().status();
    return new NodeStatus.FeedStatus(
        feed,
        started,
        ingesting(),
        source.connected(),
        source.events(),
        source.malformed(),
        sinkState,
        lastWrite,
        lastReports);
  }

  /** Why the last write failed; null if it did not. */
  @Nullable String failure() {
    return failure;
  }
}
