package io.ssyncd.node;

import io.ssyncd.log.Entry;
import io.ssyncd.log.EntryCodec;
import io.ssyncd.log.LogListener;
import io.ssyncd.log.LogMember;
import io.ssyncd.log.LogRefusedException;
import io.ssyncd.log.LogStatus;
import io.ssyncd.log.LogUnavailableException;
import io.ssyncd.log.Outcome;
import io.ssyncd.log.ReplicatedLog;
import io.ssyncd.log.Role;
import io.ssyncd.table.SessionTable;
import io.ssyncd.table.TableListener;
import io.ssyncd.table.TableView;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A cluster node: the table, the log that replicates it, and the local ends that feed it and are
 * written from it. The public face of the library.
 *
 * <p>Thread-safe. Inside, one thread decides (elections, feeds, sources), a few write sinks, and
 * one brings what the sources saw to the log.
 */
public final class SyncNode implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SyncNode.class);

  private static final long TICK_MS = 100;
  private static final long TRACK_FILE_MS = 1_000;
  private static final long STOP_SECONDS = 5;

  /** How long an operator's wish is proposed again before it counts as failed. */
  private static final long COMMAND_SECONDS = 8;

  private static final long COMMAND_RETRY_MS = 100;

  private final NodeConfig config;
  private final ReplicatedLog replicated;
  private final SessionTable table = new SessionTable();
  private final LocalEnds ends;
  private final TrackFile trackFile;
  private final CommitTimes commits = new CommitTimes();
  private final CompletableFuture<String> halted = new CompletableFuture<>();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final ScheduledThreadPoolExecutor node;
  private final ExecutorService writers;
  private final Promotion promotion;
  private final StatusReport statusReport;
  private final Writes writes;
  private @Nullable DataDirectory directory;
  private volatile long currentNanos = System.nanoTime();

  /**
   * A node that is not started yet.
   *
   * @param config what it is to be
   * @param replicated the log it replicates through; closed with the node
   * @param endpoints what opens its local ends, one a kind; unused on a witness
   */
  public SyncNode(NodeConfig config, ReplicatedLog replicated, List<EndpointFactory> endpoints) {
    this(config, replicated, endpoints, VipWatch.of(config.promotion().vip()));
  }

  SyncNode(
      NodeConfig config, ReplicatedLog replicated, List<EndpointFactory> endpoints, VipWatch vip) {
    this.config = config;
    this.replicated = replicated;
    this.ends = new LocalEnds(config, endpoints);
    this.trackFile = new TrackFile(config.promotion().trackFile());
    this.node = new ScheduledThreadPoolExecutor(1, threads("ssyncd-node-" + config.name()));
    this.writers = Executors.newCachedThreadPool(threads("ssyncd-write-" + config.name()));
    this.promotion = new Promotion(config, replicated, table, ends, vip, node, writers);
    this.statusReport =
        new StatusReport(config, replicated, table, ends, promotion, commits, trackFile);
    this.writes = new Writes(config.name(), replicated, table, ends, this::stateAgeMs);
    node.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    node.setContinueExistingPeriodicTasksAfterShutdownPolicy(false);
    node.setRemoveOnCancelPolicy(true);
  }

  /**
   * Opens the data directory and joins the cluster; does not wait for a leader. Called once.
   *
   * @throws LogRefusedException if the directory, the address or the cluster do not allow it; the
   *     node is closed then
   */
  public void start() throws LogRefusedException {
    try {
      directory = DataDirectory.take(config.dataDirectory(), config.log().cluster(), config.name());
      table.onApplied(new FeedWatch());
      node.execute(() -> trackFile.write(promotion.trackValue()));
      replicated.start(table, new RoleWatch());
    } catch (LogRefusedException e) {
      close();
      throw e;
    }
    node.execute(promotion::feedsChanged);
    repeat(this::tick, TICK_MS);
    repeat(() -> trackFile.write(promotion.trackValue()), TRACK_FILE_MS);
  }

  private void repeat(Runnable task, long periodMs) {
    ScheduledFuture<?> unused =
        node.scheduleWithFixedDelay(() -> guarded(task), 0, periodMs, TimeUnit.MILLISECONDS);
  }

  private static void guarded(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      // A periodic task that throws would never run again.
      log.error("the node's thread met a bug", e);
    }
  }

  /** Has the node's thread do something soon; nothing once it is stopping. */
  private void soon(Runnable task) {
    try {
      node.execute(() -> guarded(task));
    } catch (RejectedExecutionException e) {
      log.debug("{} is stopping: not done any more", config.name(), e);
    }
  }

  private void tick() {
    LogStatus status = replicated.status();
    long now = System.nanoTime();
    commits.sample(status.commitIndex(), now);
    if (status.quorum() && status.appliedIndex() >= status.commitIndex()) {
      currentNanos = now;
    }
    int before = promotion.trackValue();
    promotion.tick();
    if (promotion.trackValue() != before) {
      trackFile.write(promotion.trackValue());
    }
    replicated.publish(
        new Notice(
                status.appliedIndex(),
                promotion.stand().state(),
                !config.promotion().vip().isEmpty() && promotion.vipHeld(),
                configurations())
            .encode());
  }

  private SortedMap<String, String> configurations() {
    SortedMap<String, String> digests = new TreeMap<>();
    for (LocalEnd end : ends.all()) {
      end.endpoint()
          .configurationDigest()
          .ifPresent(digest -> digests.put(end.feed().name(), digest));
    }
    return digests;
  }

  private long stateAgeMs() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - currentNanos);
  }

  /** Where the node stands. Never blocks. */
  public NodeStatus status() {
    return statusReport.now();
  }

  /** What the cluster holds, as far as this node has applied it. */
  public TableView table() {
    return table;
  }

  /** Hears of every entry that is applied here, from now on. */
  public void onApplied(TableListener listener) {
    table.onApplied(listener);
  }

  /**
   * Writes the table into this host's Pound and kernel. Writes of one sink wait for each other.
   *
   * @return the report; fails only by a bug, or when the node is closed
   */
  public CompletableFuture<WriteReport> write(WriteRequest request) {
    try {
      return CompletableFuture.supplyAsync(() -> writes.write(request), writers);
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedFuture(new IllegalStateException("the node is closed", e));
    }
  }

  /**
   * Commits an operator's wish; proposed again as long as it is not known to be committed, and
   * applied once.
   *
   * @return done when this node has applied it; or fails with {@link LogUnavailableException} after
   *     about 8 s, and may be applied later all the same
   */
  public CompletableFuture<Void> execute(Entry.Operation operation) {
    byte[] entry = EntryCodec.encode(new Entry.Command(UUID.randomUUID(), operation));
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(COMMAND_SECONDS);
    return command(entry, end);
  }

  private CompletableFuture<Void> command(byte[] entry, long endNanos) {
    return replicated
        .propose(entry)
        .thenCompose(committed -> table.awaitApplied(committed.index()))
        .<Void>thenApply(index -> null)
        .exceptionallyCompose(
            error -> {
              Throwable cause = error instanceof CompletionException ? error.getCause() : error;
              if (!(cause instanceof LogUnavailableException) || System.nanoTime() > endNanos) {
                return CompletableFuture.failedFuture(cause == null ? error : cause);
              }
              return CompletableFuture.supplyAsync(
                      () -> null,
                      CompletableFuture.delayedExecutor(COMMAND_RETRY_MS, TimeUnit.MILLISECONDS))
                  .thenCompose(unused -> command(entry, endNanos));
            });
  }

  /**
   * Hands leadership to a member, from whichever member has it.
   *
   * @param member whom to; null for the voter in reach that is furthest, one with the address first
   * @return done when that member leads; or fails with {@link LogUnavailableException}
   */
  public CompletableFuture<Void> transfer(@Nullable String member) {
    if (member != null) {
      return replicated.transfer(member);
    }
    Optional<LogMember> heir = promotion.heir(false);
    return heir.isPresent()
        ? replicated.transfer(heir.get().name())
        : CompletableFuture.failedFuture(
            new LogUnavailableException("no other member in reach can lead"));
  }

  /** Completes with the reason when the node has halted and cannot go on in this process. */
  public CompletableFuture<String> halted() {
    return halted;
  }

  /** Brings what was collected to the log, hands leadership on where it can, and leaves. */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    await(node.submit(() -> guarded(this::stopCollecting)));
    replicated.close();
    await(node.submit(() -> guarded(promotion::follow)));
    node.shutdown();
    writers.shutdownNow();
    ends.close();
    trackFile.write(TrackFile.NOT_READY);
    if (directory != null) {
      directory.close();
    }
  }

  /** What sources saw and the log does not have yet would be lost with this process. */
  private void stopCollecting() {
    Ingest ingest = promotion.ingest();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
    while (ingest != null && !ingest.idle() && System.nanoTime() < end) {
      ingest.wake();
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
    ends.all().forEach(LocalEnd::stopIngesting);
  }

  private static void await(Future<?> task) {
    try {
      task.get(STOP_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      log.warn("the node's thread did not stop in time", e);
    }
  }

  private static ThreadFactory threads(String name) {
    return task -> {
      Thread thread = new Thread(task, name);
      thread.setDaemon(true);
      return thread;
    };
  }

  /** Passes what the log says to the node's thread. */
  private final class RoleWatch implements LogListener {
    @Override
    public void roleChanged(Role role, long term) {
      soon(
          () -> {
            if (role == Role.LEADER) {
              promotion.lead(term);
            } else {
              promotion.follow();
            }
          });
    }

    @Override
    public void leaderChanged(@Nullable String leader, long term) {
      log.info("{}: {} leads in term {}", config.name(), leader == null ? "nobody" : leader, term);
    }

    @Override
    public void halted(String reason) {
      soon(promotion::follow);
      halted.complete(reason);
    }
  }

  /** Looks whether feeds were started or stopped. */
  private final class FeedWatch implements TableListener {
    @Override
    public void applied(long index, @Nullable Entry entry, Outcome outcome) {
      if (entry instanceof Entry.Command) {
        soon(promotion::feedsChanged);
      }
    }

    @Override
    public void restored(long index) {
      soon(promotion::feedsChanged);
    }
  }
}
