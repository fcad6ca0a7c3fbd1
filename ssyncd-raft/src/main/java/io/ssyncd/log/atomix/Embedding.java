package io.ssyncd.log.atomix;

import io.atomix.cluster.MemberId;
import io.atomix.protocols.raft.RaftServer;
import io.atomix.protocols.raft.cluster.RaftMember;
import io.atomix.protocols.raft.cluster.impl.DefaultRaftMember;
import io.atomix.protocols.raft.impl.RaftContext;
import io.atomix.protocols.raft.partition.impl.RaftServerCommunicator;
import io.atomix.protocols.raft.storage.snapshot.Snapshot;
import io.atomix.protocols.raft.storage.system.Configuration;
import io.atomix.utils.concurrent.Scheduled;
import io.atomix.utils.concurrent.ThreadModel;
import io.ssyncd.log.LogConfig;
import io.ssyncd.log.Role;
import io.ssyncd.log.atomix.disk.Ledgers;
import io.ssyncd.log.atomix.net.Transport;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
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

  private final LogConfig config;
  private final RaftContext context;
  private final Ledgers ledgers;
  private final GuardedLogWriter.Guards guards;
  private final ServerThread thread;
  private final SnapshotTaker snapshots;
  private final Liveness liveness;
  private final Consumer<View> onView;
  private volatile View view = View.NONE;
  private @Nullable Scheduled observer;

  private Embedding(
      LogConfig config,
      RaftContext context,
      Ledgers ledgers,
      GuardedLogWriter.Guards guards,
      SnapshotTaker snapshots,
      Liveness liveness,
      Consumer<View> onView) {
    this.config = config;
    this.context = context;
    this.ledgers = ledgers;
    this.guards = guards;
    this.thread = new ServerThread(context);
    this.snapshots = snapshots;
    this.liveness = liveness;
    this.onView = onView;
  }

  /**
   * Opens the files; nothing is sent yet, and no member needs to be in reach.
   *
   * @param heard is told who answers
   * @param inReach whether a member answers beside the log
   * @param onView hears each change of the view, on the server's thread
   * @throws RuntimeException as Atomix does, for files that it cannot read
   */
  static Embedding open(
      LogConfig config,
      AtomixTuning tuning,
      Transport transport,
      TableType type,
      LocalServer local,
      HeardTimes heard,
      Ledgers ledgers,
      GuardedLogWriter.Guards guards,
      Predicate<String> inReach,
      Consumer<View> onView) {
    LogFiles files = new LogFiles(config);
    StaticMembership membership = new StaticMembership(config);
    Courier courier = new Courier(transport, requestTimeout(config));
    GuardedProtocol protocol =
        new GuardedProtocol(
            new RaftServerCommunicator(LogFiles.PREFIX, WireFormat.serializer(), courier),
            local,
            heard,
            guards.syncer(),
            config.members().size() == 1,
            membership::knows);
    RaftContext context =
        new ServerContext(
            config.member(),
            MemberId.from(config.member()),
            membership,
            protocol,
            files.storage(tuning),
            type,
            ThreadModel.SHARED_THREAD_POOL.factory(
                "raft-service-" + config.member() + "-%d", SERVICE_THREADS, log),
            ledgers.votes(),
            guards);
    context.setElectionTimeout(config.electionTimeout());
    context.setHeartbeatInterval(config.heartbeat());
    context.setSessionTimeout(tuning.sessionTimeout());
    return new Embedding(
        config,
        context,
        ledgers,
        guards,
        new SnapshotTaker(context, files, tuning.compactBytes(), guards.halt()),
        new Liveness(context, heard, inReach),
        onView);
  }

  /** A member that is silent for longer counts as failed; Atomix would wait up to 5 s. */
  private static Duration requestTimeout(LogConfig config) {
    Duration twice = config.electionTimeout().multipliedBy(2);
    return twice.compareTo(LEAST_TIMEOUT) < 0 ? LEAST_TIMEOUT : twice;
  }

  /** Takes part in elections from here on. */
  void start(Duration timeout) throws TimeoutException {
    context.addRoleChangeListener(role -> observe());
    context.getCluster().addLeaderElectionListener(member -> observe());
    thread.run(
        () -> {
          // Whatever became of Atomix' own file: no promise is broken in an old term.
          context.setTerm(ledgers.term());
          if (context.getCluster().getConfiguration() == null) {
            context.getCluster().configure(firstConfiguration());
          } else {
            warnIfDifferent();
          }
          context.transition(RaftMember.Type.ACTIVE);
          observer = context.getThreadContext().schedule(OBSERVE, OBSERVE, this::tick);
          observe();
        },
        timeout);
  }

  /** All members are given by the configuration: nobody has to be asked, nobody has to join. */
  private Configuration firstConfiguration() {
    Instant now = Instant.now();
    Set<RaftMember> members =
        config.members().keySet().stream()
            .map(name -> new DefaultRaftMember(MemberId.from(name), RaftMember.Type.ACTIVE, now))
            .collect(Collectors.toSet());
    return new Configuration(0, 0, now.toEpochMilli(), members);
  }

  private void warnIfDifferent() {
    Set<String> kept =
        context.getCluster().getConfiguration().members().stream()
            .map(member -> member.memberId().id())
            .collect(Collectors.toSet());
    if (!kept.equals(config.members().keySet())) {
      log.warn(
          "the log's members are {}, the configuration names {}: the log's count",
          kept,
          config.members().keySet());
    }
  }

  private void tick() {
    try {
      observe();
      liveness.tick();
      snapshots.tick();
      guards.ledger().note();
    } catch (RuntimeException e) {
      // An exception would end the ticking for good.
      log.error("in the server's tick", e);
    } catch (IOException e) {
      throw guards.halt().now("the log's ledger could not be written: " + e, e);
    }
  }

  private void observe() {
    View now = look();
    if (!now.equals(view)) {
      view = now;
      onView.accept(now);
    }
  }

  private View look() {
    RaftMember leader = context.getLeader();
    String name = leader == null ? null : leader.memberId().id();
    return new View(role(context.getRole(), name), name, context.getTerm());
  }

  /** A follower that knows of no leader polls for votes: that is a candidate to the outside. */
  private static Role role(RaftServer.Role role, @Nullable String leader) {
    return switch (role) {
      case LEADER -> Role.LEADER;
      case CANDIDATE -> Role.CANDIDATE;
      case FOLLOWER -> leader == null ? Role.CANDIDATE : Role.FOLLOWER;
      case INACTIVE, PASSIVE, PROMOTABLE -> Role.INACTIVE;
    };
  }

  View view() {
    return view;
  }

  long commitIndex() {
    return context.getCommitIndex();
  }

  /**
   * The last index up to which the table is complete; entries of Raft's own count too.
   *
   * @param tableIndex the last index that the table has seen
   */
  long appliedIndex(long tableIndex) {
    long applied = context.getLastApplied();
    Snapshot snapshot = context.getSnapshotStore().getCurrentSnapshot();
    // Atomix passes over entries that a snapshot holds and reads it in with the entry after it.
    boolean complete =
        snapshot == null || applied > snapshot.index() || snapshot.index() <= snapshots.ownIndex();
    return complete ? Math.max(applied, tableIndex) : tableIndex;
  }

  /** Names of the members that vote. */
  List<String> voters() {
    return context.getCluster().getMembers().stream()
        .filter(member -> member.getType() == RaftMember.Type.ACTIVE)
        .map(member -> member.memberId().id())
        .toList();
  }

  /** Asks the leader to step down and stands for election at once. */
  CompletableFuture<Void> lead() {
    return context.anoint();
  }

  /** Takes a snapshot now; see {@link SnapshotTaker#now}. */
  CompletableFuture<Void> snapshot(Runnable nudge) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    thread.execute(
        () -> {
          var unused = snapshots.now(nudge).whenComplete((ok, error) -> done.complete(null));
        });
    return done;
  }

  /** Stops and closes the files. */
  void stop(Duration timeout) {
    try {
      thread.run(
          () -> {
            if (observer != null) {
              observer.cancel();
            }
            try {
              context.transition(RaftServer.Role.INACTIVE);
            } finally {
              closeFiles();
            }
          },
          timeout);
    } catch (TimeoutException e) {
      log.warn("the server's thread did not stop within {} ms", timeout.toMillis());
    }
    view = View.NONE;
    onView.accept(view);
  }

  /** Stops at once: no role is left in good order. */
  void abort(Duration timeout) {
    try {
      thread.run(this::closeFiles, timeout);
    } catch (TimeoutException e) {
      log.warn("the server's thread did not stop within {} ms", timeout.toMillis());
    }
    view = View.NONE;
  }

  /** On the server's thread, because closing unmaps files that nobody may read meanwhile. */
  private void closeFiles() {
    context.getCluster().close();
    context.close();
    guards.runway().close();
  }
}
