package io.ssyncd.node;

import io.ssyncd.log.ReplicatedLog;
import io.ssyncd.node.WriteReport.Result;
import io.ssyncd.session.Kind;
import io.ssyncd.session.Scope;
import io.ssyncd.table.TableView;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code ssyncdctl write}: a barrier, then every wanted sink after those before it, each behind
 * whatever a promotion writes there. One request at a time, on a thread of its own.
 *
 * <p>On a leader it is done in the name of its reign, and ends with it. On a follower nothing ends
 * it: what it writes is committed, whoever leads, and into this host's own sinks; if the epoch
 * changed meanwhile the report says so.
 */
final class OperatorWrites {
  /** How many requests may wait. */
  static final int MAX_WAITING = 16;

  private static final String OTHERWISE = "; --last-known writes what this node holds";
  private static final Logger log = LoggerFactory.getLogger(OperatorWrites.class);

  private final NodeConfig config;
  private final NodeTuning tuning;
  private final ReplicatedLog raft;
  private final TableView table;
  private final Feeds feeds;
  private final Freshness freshness;
  private final Supplier<@Nullable Reign> reigns;
  private final Runnable lastKnownWritten;
  private final ThreadPoolExecutor thread;
  private volatile boolean closed;

  /**
   * @param reigns the reign of this node; null while it does not lead
   * @param lastKnownWritten called when the sinks that a promotion writes were written without
   *     asking the cluster, those of them that could be
   */
  OperatorWrites(
      NodeConfig config,
      NodeTuning tuning,
      ReplicatedLog raft,
      TableView table,
      Feeds feeds,
      Freshness freshness,
      Supplier<@Nullable Reign> reigns,
      Runnable lastKnownWritten) {
    this.config = config;
    this.tuning = tuning;
    this.raft = raft;
    this.table = table;
    this.feeds = feeds;
    this.freshness = freshness;
    this.reigns = reigns;
    this.lastKnownWritten = lastKnownWritten;
    this.thread =
        new ThreadPoolExecutor(
            1,
            1,
            5,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MAX_WAITING),
            task -> {
              Thread made = new Thread(task, "ssyncd-operator");
              made.setDaemon(true);
              return made;
            });
    thread.allowCoreThreadTimeOut(true);
  }

  CompletableFuture<WriteReport> write(WriteRequest request) {
    CompletableFuture<WriteReport> done = new CompletableFuture<>();
    WriteDraft draft = new WriteDraft(request, config.name(), raft, table, freshness);
    try {
      thread.execute(
          () -> {
            try {
              done.complete(run(draft));
            } catch (InterruptedException e) {
              draft.error("the node is being closed");
              done.complete(draft.report(Result.UNAVAILABLE));
            } catch (RuntimeException e) {
              log.error("a write failed by a bug", e);
              done.completeExceptionally(e);
            }
          });
    } catch (RejectedExecutionException e) {
      draft.error(
          closed ? "the node is closed" : MAX_WAITING + " writes wait already; try again later");
      done.complete(draft.report(Result.UNAVAILABLE));
    }
    return done;
  }

  /** Interrupts the write that runs; those that wait report that the node is closed. */
  void close() {
    closed = true;
    thread.shutdownNow().forEach(Runnable::run);
  }

  private WriteReport run(WriteDraft draft) throws InterruptedException {
    if (closed) {
      throw new InterruptedException("closed");
    }
    List<LocalFeed> targets = targets(draft);
    if (targets.isEmpty()) {
      return draft.report(Result.REFUSED);
    }
    boolean known = draft.request().lastKnown() ? draft.isAnythingKnown() : barrier(draft);
    if (!known) {
      return draft.report(Result.UNAVAILABLE);
    }
    Scope scope = draft.request().scope();
    if (scope != null && scope.kind() == Kind.RECENT && !table.counts().containsKey(scope)) {
      draft.error("the cluster holds nothing of " + scope);
      return draft.report(Result.REFUSED);
    }
    draft.begin();
    WriteOrder.Fence fence = fence(draft.request());
    boolean wrote = false;
    for (LocalFeed target : targets) {
      if (collects(target, draft.request())) {
        draft.refusedWhileIngesting(target.feed());
      } else {
        wrote |= write(target, fence, draft);
      }
    }
    if (wrote && draft.request().lastKnown() && isWhole(draft.request(), targets)) {
      lastKnownWritten.run();
    }
    return draft.end(wrote);
  }

  /** Whether all was wanted that a promotion writes: of a part nobody can say that it will do. */
  private boolean isWhole(WriteRequest request, List<LocalFeed> targets) {
    Scope scope = request.scope();
    boolean wholeFeeds = scope == null || scope.kind() == Kind.HTTP;
    return !request.dryRun()
        && wholeFeeds
        && feeds.all().stream()
            .filter(local -> local.endpoint() != null)
            .filter(local -> config.promotion().write().contains(local.feed().kind()))
            .allMatch(targets::contains);
  }

  private WriteOrder.Fence fence(WriteRequest request) {
    Reign reign = reigns.get();
    return reign == null || request.lastKnown() ? WriteOrder.Fence.NONE : reign;
  }

  private static boolean collects(LocalFeed local, WriteRequest request) {
    return local.feed().kind() == Kind.HTTP
        && local.ingesting()
        && !request.force()
        && !request.dryRun();
  }

  /** The local ends of the request, in the order of a promotion; empty, with an error, if none. */
  private List<LocalFeed> targets(WriteDraft draft) {
    WriteRequest request = draft.request();
    Scope scope = request.scope();
    if (config.witness()) {
      draft.error(config.name() + " is a witness: it has nothing to write into");
      return List.of();
    }
    if (scope != null && !request.kinds().contains(scope.kind())) {
      draft.error(scope + " is not of the kinds that are to be written");
      return List.of();
    }
    List<LocalFeed> targets = new ArrayList<>();
    for (Kind kind : order()) {
      for (LocalFeed local : feeds.all()) {
        if (local.feed().kind() == kind
            && request.kinds().contains(kind)
            && (scope == null || local.feed().covers(scope))) {
          targets.add(local);
        }
      }
    }
    if (targets.isEmpty()) {
      draft.error(
          scope != null
              ? scope + " is not started on this node"
              : "nothing of the wanted kinds is started on this node");
    }
    return targets;
  }

  private List<Kind> order() {
    List<Kind> order = new ArrayList<>(config.promotion().write());
    for (Kind kind : Kind.values()) {
      if (!order.contains(kind)) {
        order.add(kind);
      }
    }
    return order;
  }

  private boolean barrier(WriteDraft draft) throws InterruptedException {
    try {
      long unused = raft.barrier().get(tuning.barrierMost().toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (ExecutionException e) {
      Throwable cause = Cause.of(e);
      draft.error("no barrier, so this node may be behind: " + Cause.text(cause) + OTHERWISE);
    } catch (TimeoutException | CancellationException e) {
      draft.error(
          "no barrier within "
              + tuning.barrierMost().toMillis()
              + " ms, so this node may be behind"
              + OTHERWISE);
    }
    return false;
  }

  /** Whether the sink was written, or looked at. */
  private boolean write(LocalFeed local, WriteOrder.Fence fence, WriteDraft draft)
      throws InterruptedException {
    WriteRequest request = draft.request();
    Endpoint endpoint = local.endpoint();
    if (endpoint == null) {
      draft.error(local.feed() + " cannot be opened on this host");
      return false;
    }
    Scope scope = request.scope();
    WriteOrder order =
        new WriteOrder(
            table,
            scope == null ? Set.of() : Set.of(scope),
            request.dryRun(),
            request.force(),
            fence);
    SinkWrite write = local.writer().submit(endpoint.sink(), order, tuning.writeMost());
    try {
      List<ScopeReport> reports = write.result().get();
      draft.add(reports);
      if (!request.dryRun() && (scope == null || scope.kind() == Kind.HTTP)) {
        local.written(reports);
      }
      return true;
    } catch (ExecutionException e) {
      failed(local, Cause.of(e), draft);
      return false;
    } catch (InterruptedException e) {
      write.stop();
      throw e;
    }
  }

  private static void failed(LocalFeed local, Throwable cause, WriteDraft draft) {
    if (cause instanceof RuntimeException || cause instanceof Error) {
      log.error("{} was not written, by a bug", local.feed(), cause);
    } else {
      log.info("{} was not written: {}", local.feed(), Cause.text(cause));
    }
    String text = Cause.text(cause);
    String feed = local.feed().toString();
    draft.error(text.startsWith(feed) ? text : feed + ": " + text);
    if (!draft.request().dryRun()) {
      local.endedEarly(text);
    }
  }
}
