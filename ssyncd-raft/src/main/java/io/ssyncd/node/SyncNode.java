package io.ssyncd.node;

import io.ssyncd.log.Entry;
import io.ssyncd.log.LogRefusedException;
import io.ssyncd.log.ReplicatedLog;
import io.ssyncd.table.TableView;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A cluster node: the table, the log that replicates it, and the local ends that feed it and are
 * written from it. The public face of the library.
 *
 * <p>Thread-safe.
 */
public final class SyncNode implements AutoCloseable {
  /**
   * A node that is not started yet.
   *
   * @param config what it is to be
   * @param log the log it replicates through; closed with the node
   * @param endpoints what opens its local ends; none on a witness
   */
  public SyncNode(NodeConfig config, ReplicatedLog log, List<EndpointFactory> endpoints) {
    throw new UnsupportedOperationException();
  }

  /**
   * Opens the data directory and joins the cluster; does not wait for a leader.
   *
   * @throws LogRefusedException if the directory, the address or the cluster do not allow it
   */
  public void start() throws LogRefusedException {
    throw new UnsupportedOperationException();
  }

  /** Where the node stands. Never blocks. */
  public NodeStatus status() {
    throw new UnsupportedOperationException();
  }

  /** What the cluster holds, as far as this node has applied it. */
  public TableView table() {
    throw new UnsupportedOperationException();
  }

  /**
   * Writes the table into this host's Pound and kernel. One write at a time: a second one waits.
   *
   * @return the report; never fails but by a bug
   */
  public CompletableFuture<WriteReport> write(WriteRequest request) {
    throw new UnsupportedOperationException();
  }

  /**
   * Commits an operator's wish.
   *
   * @return done when this node has applied it; or fails with {@link
   *     io.ssyncd.log.LogUnavailableException}
   */
  public CompletableFuture<Void> execute(Entry.Operation operation) {
    throw new UnsupportedOperationException();
  }

  /**
   * Hands leadership to a member; on a follower, asks the leader to.
   *
   * @param member whom to; null for the reachable voter that is furthest
   */
  public CompletableFuture<Void> transfer(@Nullable String member) {
    throw new UnsupportedOperationException();
  }

  /** Completes with the reason when the node has halted and cannot go on in this process. */
  public CompletableFuture<String> halted() {
    throw new UnsupportedOperationException();
  }

  /** Hands leadership on where it can, stops the feeds and leaves. */
  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
