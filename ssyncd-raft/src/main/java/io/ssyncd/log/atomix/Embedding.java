package io.ssyncd.log.atomix;

import io.atomix.cluster.MemberId;
import io.atomix.protocols.raft.RaftServer;
import io.atomix.protocols.raft.cluster.RaftMember;
import io.atomix.protocols.raft.impl.RaftContext;
import io.atomix.protocols.raft.partition.impl.RaftServerCommunicator;
import io.atomix.protocols.raft.storage.log.RaftLog;
import io.atomix.utils.concurrent.Scheduled;
import io.atomix.utils.concurrent.ThreadModel;
import io.ssyncd.log.LogConfig;
import io.ssyncd.log.LogUnavailableException;
import io.ssyncd.log.atomix.disk.Ledgers;
import io.ssyncd.log.atomix.net.Transport;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One Raft server of Atomix, put together below its public entrance: that one waits for other
 * members, polls for joining, and cannot be stopped before it has found them.
 *
 * <p>The server has a thread of its own on which all of its state lives; {@link #view()} is a
 * snapshot taken there.
 */
final class Embedding {
  private static final Logger log = LoggerFactory.getLogger(Embedding.class);

  private static final int SERVICE_THREADS = 2;
  private static final Duration LEAST_TIMEOUT = Duration.ofSeconds(1);
  private static final Duration OBSERVE = Duration.ofMillis(50);

  private final RaftContext context;
  private final Ledgers ledgers;
  private final GuardedLogWriter.Guards guards;
  private final ServerThread thread;
  private final SnapshotTaker snapshots;
  private final Place place;
  private final Standing standing;
  private final Reconfiguration reconfiguration;
  private final MemberChanges changes;
  private final Consumer<View> onView;
  private final String name;
  private final ServerView server;
  private final TickParts parts;
  private volatile View view = View.NONE;
  private volatile boolean began;

  /** Of the server's thread. */
  private boolean closed;

  private @Nullable Scheduled observer;

  /**
   * What an embedding works with.
   *
   * @param heard is told who answers
   * @param inReach whether a member answers beside the log
   * @param line commits operations of this member
   * @param onView hears each change of the view, on the server's thread
   */
  record Surroundings(
      Transport transport,
      TableType type,
      LocalServer local,
      Membership membership,
      HeardTimes heard,
      Ledgers ledgers,
      GuardedLogWriter.Guards guards,
      Predicate<String> inReach,
      Function<Operation, CompletableFuture<Answer.Done>> line,
      Consumer<View> onView) {}

  /**
   * Opens the files; nothing is sent yet, and no member needs to be in reach.
   *
   * @throws RuntimeException as Atomix does, for files that it cannot read
   */
  Embedding(LogConfig config, AtomixTuning tuning, Surroundings around) {
    LogFiles files = new LogFiles(config);
    name = config.member();
    Membership membership = around.membership();
    onView = around.onView();
    ledgers = around.ledgers();
    guards = around.guards();
    Amnesia amnesia = new Amnesia(config);
    GuardedProtocol protocol =
        new GuardedProtocol(
            new RaftServerCommunicator(
                LogFiles.PREFIX,
                WireFormat.serializer(),
                new Courier(around.transport(), requestTimeout(config.electionTimeout()))),
            around.local(),
            around.heard(),
            around.guards().syncer());
    context =
        new ServerContext(
            config.member(),
            MemberId.from(config.member()),
            membership,
            protocol,
            files.storage(tuning),
            around.type(),
            ThreadModel.SHARED_THREAD_POOL.factory(
                "raft-service-" + config.member() + "-%d", SERVICE_THREADS, log),
            around.ledgers().votes(),
            around.guards());
    context.setElectionTimeout(config.electionTimeout());
    context.setHeartbeatInterval(config.heartbeat());
    context.setSessionTimeout(tuning.sessionTimeout());
    thread = new ServerThread(context);
    Configurations configurations = new Configurations(config, context);
    standing = new Standing(context, configurations, amnesia, () -> !membership.inside());
    protocol.serve(standing);
    place =
        new Place(context, thread, configurations, amnesia, standing, membership, this::observe);
    reconfiguration =
        new Reconfiguration(
            config, context, membership, around.local(), around.heard(), around.line());
    changes = new MemberChanges(config, membership, reconfiguration, around.heard());
    snapshots = new SnapshotTaker(context, files, tuning.compactBytes(), guards.halt());
    server = new ServerView(context, () -> began && !place.formed(), snapshots::ownIndex);
    ReplacedReaders readers = new ReplacedReaders(context);
    Liveness liveness =
        new Liveness(
            context,
            around.heard(),
            around.inReach(),
            () -> standing.mayStand() && around.transport().outside() == null);
    parts =
        new TickParts(guards.counters().failedTicks)
            .add("the view of the cluster", this::observe)
            .add("who leads", liveness::tick)
            .add("the readers of the log", readers::tick)
            .add("the snapshots", snapshots::tick)
            .add("the change of members", reconfiguration::tick)
            .add("the ledger", this::note);
  }

  /** A member that is silent for longer counts as failed; Atomix would wait up to 5 s. */
  static Duration requestTimeout(Duration electionTimeout) {
    Duration twice = electionTimeout.multipliedBy(2);
    return twice.compareTo(LEAST_TIMEOUT) < 0 ? LEAST_TIMEOUT : twice;
  }

  /** Looks after itself from here on; takes part if it has a place in its cluster. */
  void start(Duration timeout) throws TimeoutException {
    context.addRoleChangeListener(role -> observe());
    context.getCluster().addLeaderElectionListener(member -> observe());
    thread.run(
        () -> {
          // Whatever became of Atomix' own file: no promise is broken in an old term.
          context.setTerm(ledgers.term());
          began = true;
          if (place.formed()) {
            context.transition(context.getCluster().getMember().getType());
          }
          observer = context.getThreadContext().schedule(OBSERVE, OBSERVE, parts::run);
          observe();
        },
        timeout);
  }

  /** This member's place in its cluster. */
  Place place() {
    return place;
  }

  /** The judge of changes; to be asked {@link #onServer}. */
  MemberChanges changes() {
    return changes;
  }

  /** Commits a change of the members. */
  CompletableFuture<Void> propose(RosterChange change) {
    return reconfiguration.propose(change);
  }

  /**
   * Reads the log on the server's thread, where nobody closes its files meanwhile.
   *
   * @return what the task came to; or fails with {@link LogUnavailableException} when the files are
   *     closed
   */
  <T> CompletableFuture<T> onLog(Function<RaftLog, T> task) {
    return standing
        .onServer(() -> closed ? Optional.<T>empty() : Optional.of(task.apply(context.getLog())))
        .thenCompose(
            done ->
                done.map(CompletableFuture::completedFuture)
                    .orElseGet(
                        () ->
                            CompletableFuture.failedFuture(
                                new LogUnavailableException("the log is closed"))));
  }

  /** Runs a task on the server's thread; empty if it comes to null. */
  <T> CompletableFuture<Optional<T>> onServer(Supplier<@Nullable T> task) {
    return standing.onServer(() -> Optional.ofNullable(task.get()));
  }

  private void note() {
    try {
      guards.ledger().note();
    } catch (IOException e) {
      throw guards.halt().now("the log's ledger could not be written: " + e, e);
    }
  }

  private void observe() {
    View now = server.look();
    if (!now.equals(view)) {
      view = now;
      onView.accept(now);
    }
  }

  View view() {
    return view;
  }

  long commitIndex() {
    return context.getCommitIndex();
  }

  /** See {@link ServerView#appliedIndex}. */
  long appliedIndex(long tableIndex) {
    return server.appliedIndex(tableIndex);
  }

  /** Names of the members that vote. */
  List<String> voters() {
    return server.voters();
  }

  /** Takes the leader's place; see {@link Heir}. */
  CompletableFuture<Void> lead() {
    return context.getCluster().getMember().getType() == RaftMember.Type.ACTIVE
        ? new Heir(context).lead()
        : CompletableFuture.failedFuture(
            new IllegalStateException("this member does not vote (yet)"));
  }

  /** Takes a snapshot now; see {@link SnapshotTaker#now}. */
  CompletableFuture<Void> snapshot(Runnable nudge) {
    return snapshots.now(nudge);
  }

  /** Stops and closes the files; what cannot be ended in order is logged, and all else is. */
  void stop(Duration timeout) {
    Ending ending = new Ending("the server of " + name);
    onItsThread(
        ending,
        () ->
            closeFiles(
                ending
                    .step("its tick", this::endTicking)
                    .step("its role", () -> context.transition(RaftServer.Role.INACTIVE))),
        timeout);
    ending.step("its view", () -> onView.accept(view)).done();
  }

  /** Stops at once: no role is left in good order. */
  void abort(Duration timeout) {
    Ending ending = new Ending("the server of " + name);
    onItsThread(ending, () -> closeFiles(ending), timeout);
    ending.done();
  }

  private void onItsThread(Ending ending, Runnable end, Duration timeout) {
    ending.step(
        "its thread",
        () -> {
          try {
            thread.run(end, timeout);
          } catch (TimeoutException e) {
            log.warn("the server's thread did not stop within {} ms", timeout.toMillis());
          }
        });
    snapshots.end();
    view = View.NONE;
  }

  private void endTicking() {
    began = false;
    if (observer != null) {
      observer.cancel();
    }
  }

  /** On the server's thread, because closing unmaps files that nobody may read meanwhile. */
  private void closeFiles(Ending ending) {
    closed = true;
    ending
        .step("its cluster", context.getCluster()::close)
        .step("its files", context::close)
        .step("its runway", guards.runway()::close);
  }
}
