package io.ssyncd.log.atomix;

import io.atomix.cluster.MemberId;
import io.ssyncd.log.LogConfig;
import io.ssyncd.log.LogListener;
import io.ssyncd.log.LogMember;
import io.ssyncd.log.LogStatus;
import io.ssyncd.log.LogUnavailableException;
import io.ssyncd.log.LogWarning;
import io.ssyncd.log.ReplicatedLog;
import io.ssyncd.log.StateMachine;
import io.ssyncd.log.atomix.disk.FreeSpace;
import io.ssyncd.log.atomix.disk.Ledgers;
import io.ssyncd.log.atomix.disk.Runway;
import io.ssyncd.log.atomix.net.Identity;
import io.ssyncd.log.atomix.net.Transport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One member of a log: its parts, put together, looked at, and taken apart. */
final class Member {
  private static final Logger log = LoggerFactory.getLogger(Member.class);

  private static final Duration STOP = Duration.ofSeconds(5);
  private static final Duration HAND_OVER = Duration.ofSeconds(2);
  private static final Duration SPACE_EVERY = Duration.ofMillis(250);

  private final LogConfig config;
  private final AtomixTuning tuning;
  private final Transport transport;
  private final Ledgers ledgers;
  private final ScheduledExecutorService lineThread;
  private final ScheduledExecutorService syncThread;
  private final ScheduledExecutorService listenerThread;
  private final Announcer announcer;
  private final HeardTimes heard = new HeardTimes();
  private final AtomicBoolean ended = new AtomicBoolean();
  private final SpaceWatch space;
  final LogCounters counters = new LogCounters();
  private volatile View lastView = View.NONE;
  private volatile Comparator<LogMember> merit = Succession.BY_NAME;
  final ScheduledExecutorService peersThread;
  final AppliedIndex applied;
  final Peers peers;
  final Talk talk;
  private final Membership membership;
  private final Admission admission;
  private final Wishes wishes;
  final Embedding embedding;
  private final Census census;
  final SessionLine line;

  /**
   * Opens the log's files; says nothing to anybody yet.
   *
   * @param disk what is synced before an entry counts; null for nothing
   * @param transport listens already; stopped with the member, or by the caller if this throws
   * @param end where the log ends
   * @param ledgers closed with the member, or by the caller if this throws
   * @throws RuntimeException as Atomix does, for files that it cannot read
   */
  Member(
      LogConfig config,
      AtomixTuning tuning,
      Transport transport,
      Syncer.@Nullable Disk disk,
      Ledgers ledgers,
      LogEnd end,
      StateMachine machine,
      LogListener listener) {
    this.config = config;
    this.tuning = tuning;
    this.transport = transport;
    this.ledgers = ledgers;
    lineThread = thread("ssyncd-line-" + config.member());
    peersThread = thread("ssyncd-peers-" + config.member());
    syncThread = thread("ssyncd-sync-" + config.member());
    listenerThread = thread("ssyncd-events-" + config.member());
    announcer = new Announcer(listener, listenerThread);
    applied = new AppliedIndex(lineThread);
    membership = new Membership(config);
    peers = new Peers(config, transport, peersThread);
    talk = new Talk(transport);
    membership.onChange(this::membersChanged);
    membersChanged(membership.roster());
    Halt halt = new Halt(this::halted);
    TableType type = new TableType(new Replica(machine, applied, membership, halt));
    LocalServer local = new LocalServer();
    space =
        new SpaceWatch(
            new FreeSpace(config.directory(), tuning.minFreeBytes()), this::handOver, halt);
    LedgerDisk ledger = new LedgerDisk(disk, end, ledgers.acks());
    Syncer syncer = new Syncer(disk == null ? null : ledger, syncThread, halt, counters);
    Runway runway = new Runway(config.directory(), LogFiles.PREFIX, LogFiles.MAX_ENTRY_BYTES);
    line =
        new SessionLine(
            new LineRequests(local, MemberId.from(config.member()), type, tuning.sessionTimeout()),
            lineThread,
            () -> lastView.leader() != null,
            counters,
            ReplicatedLog.MAX_WAITING,
            tuning.sessionTimeout());
    embedding =
        new Embedding(
            config,
            tuning,
            new Embedding.Surroundings(
                transport,
                type,
                local,
                membership,
                heard,
                ledgers,
                new GuardedLogWriter.Guards(runway, end, ledger, syncer, counters, halt),
                peers::reachable,
                line::submit,
                this::seen));
    census = new Census(config, membership, embedding, peers, heard, applied);
    admission = new Admission(config, transport, membership, embedding, peersThread);
    wishes = new Wishes(config, this, transport);
  }

  private void membersChanged(Roster roster) {
    Map<String, Identity.Endpoint> where = new HashMap<>();
    roster
        .members()
        .forEach((name, at) -> where.put(name, new Identity.Endpoint(at.host(), at.port())));
    transport.members(where);
    peers.members(where.keySet());
  }

  /** Takes part from here on. */
  void begin() throws TimeoutException {
    var unused =
        listenerThread.scheduleWithFixedDelay(
            space, SPACE_EVERY.toMillis(), SPACE_EVERY.toMillis(), TimeUnit.MILLISECONDS);
    line.begin();
    peers.start(tuning.probeInterval(), embedding::lead);
    wishes.start();
    embedding.start(tuning.startTimeout());
    admission.start();
    if (config.pairing().isPresent()) {
      transport.introduce(new FirstComer(config, membership, put -> change(put, false)));
    }
    log.info("{} listens on {}", config.member(), config.self().text());
  }

  /** Changes the members, by the leader. */
  CompletableFuture<Void> change(RosterChange change, boolean force) {
    String outside = outside();
    return outside == null
        ? wishes.wish(change, force)
        : CompletableFuture.failedFuture(new LogUnavailableException(outside));
  }

  /** See {@link ReplicatedLog#preferHeirs}. */
  void preferHeirs(Comparator<LogMember> newMerit) {
    merit = newMerit;
  }

  Comparator<LogMember> merit() {
    return merit;
  }

  /** Whether somebody of this name is a member, as far as this one knows. */
  boolean isKnown(String name) {
    return membership.roster().contains(name);
  }

  /** See {@link ReplicatedLog#outside}. */
  @Nullable String outside() {
    String self = config.member();
    if (!membership.inside()) {
      return self
          + " was taken out of the cluster and takes no part; to have it back: ssyncdctl member add"
          + " "
          + self
          + " "
          + config.self().text()
          + " on a member";
    }
    String refused = transport.outside();
    if (refused == null || embedding.view().leader() != null) {
      return admission.waiting();
    }
    if (transport.gone()) {
      return refused
          + "; what this member knew as "
          + config.cluster()
          + " has an end: it takes part again once it is started with an empty directory instead of"
          + " "
          + config.directory();
    }
    return refused
        + "; it was taken out, or not taken in yet: ssyncdctl member add "
        + self
        + " "
        + config.self().text()
        + (config.self().witness() ? " --witness" : "")
        + " on a member";
  }

  private void seen(View view) {
    lastView = view;
    line.leaderChanged();
    announcer.announce(view);
  }

  private void handOver() {
    new Succession(config, this).handOver(HAND_OVER);
  }

  private void halted(String why) {
    try {
      announcer.halted(why);
    } finally {
      end("the log has halted: " + why, false);
    }
  }

  LogStatus status() {
    return census.status();
  }

  List<LogMember> members() {
    return census.members();
  }

  Map<String, Long> counters() {
    Map<String, Long> all = new LinkedHashMap<>();
    counters.snapshot().forEach((name, count) -> all.put("log_" + name, count));
    transport.counters().snapshot().forEach((name, count) -> all.put("net_" + name, count));
    return all;
  }

  List<LogWarning> warnings() {
    List<LogWarning> all = new ArrayList<>(transport.warnings());
    space.low().ifPresent(text -> all.add(new LogWarning("disk-low", text)));
    return all;
  }

  boolean hasEnded() {
    return ended.get();
  }

  /** Takes the member apart; only the first call does anything. */
  void end(String why, boolean abruptly) {
    if (!ended.compareAndSet(false, true)) {
      return;
    }
    Throwable unused =
        new Ending("the log of " + config.member())
            .step("what waits for an answer", () -> line.close(why))
            .step("its probes", peers::stop)
            .step("its wishes", wishes::stop)
            .step("its admission", admission::stop)
            .step("its server", () -> stopServer(abruptly))
            .step("its transport", () -> transport.stop(STOP))
            .step("the peers' thread", peersThread::shutdownNow)
            .step("the line's thread", lineThread::shutdown)
            .step("the disk's thread", syncThread::shutdown)
            .step("its ledgers", ledgers::close)
            .step("the listener's thread", listenerThread::shutdown)
            .done();
    log.info("{} stopped: {}", config.member(), why);
  }

  private void stopServer(boolean abruptly) {
    if (abruptly) {
      embedding.abort(STOP);
    } else {
      embedding.stop(STOP);
    }
  }

  private static ScheduledExecutorService thread(String name) {
    ScheduledThreadPoolExecutor thread =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread made = new Thread(task, name);
              made.setDaemon(true);
              return made;
            });
    thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    thread.setContinueExistingPeriodicTasksAfterShutdownPolicy(false);
    thread.setRemoveOnCancelPolicy(true);
    return thread;
  }
}
