package io.ssyncd.log.atomix;

import io.atomix.cluster.MemberId;
import io.ssyncd.log.Committed;
import io.ssyncd.log.LogConfig;
import io.ssyncd.log.LogListener;
import io.ssyncd.log.LogMember;
import io.ssyncd.log.LogRefusedException;
import io.ssyncd.log.LogStatus;
import io.ssyncd.log.LogUnavailableException;
import io.ssyncd.log.Outcome;
import io.ssyncd.log.ReplicatedLog;
import io.ssyncd.log.Role;
import io.ssyncd.log.StateMachine;
import io.ssyncd.log.atomix.net.Identity;
import io.ssyncd.log.atomix.net.Reach;
import io.ssyncd.log.atomix.net.Transport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The replicated log on Atomix Raft 3.1.12. What Atomix does not keep by itself is guarded by the
 * small classes beside this one; each names what it guards against.
 */
public final class AtomixLog implements ReplicatedLog {
  private static final Logger log = LoggerFactory.getLogger(AtomixLog.class);

  private static final Duration STOP = Duration.ofSeconds(5);
  private static final Duration HAND_OVER = Duration.ofSeconds(2);
  private static final Duration TRANSFER = Duration.ofSeconds(5);
  private static final Duration POLL = Duration.ofMillis(10);

  private final LogConfig config;
  private final AtomixTuning tuning;
  private final Reach reach;
  private final AtomicBoolean begun = new AtomicBoolean();
  private final AtomicBoolean ended = new AtomicBoolean();
  private volatile @Nullable Running running;
  private byte[] notice = new byte[0];

  /** With the default tuning. */
  public AtomixLog(LogConfig config) {
    this(config, AtomixTuning.defaults());
  }

  /** With a tuning of one's own. */
  public AtomixLog(LogConfig config, AtomixTuning tuning) {
    this(config, tuning, Reach.ALL);
  }

  /** With a network that a test bends. */
  AtomixLog(LogConfig config, AtomixTuning tuning, Reach reach) {
    this.config = config;
    this.tuning = tuning;
    this.reach = reach;
  }

  /** The parts of a started log. */
  private record Running(
      Transport transport,
      Embedding embedding,
      SessionLine line,
      Peers peers,
      Announcer announcer,
      AppliedIndex applied,
      HeardTimes heard,
      ScheduledExecutorService lineThread,
      ScheduledExecutorService peersThread,
      ScheduledExecutorService listenerThread) {}

  @Override
  public int maxEntryBytes() {
    return Embedding.MAX_ENTRY_BYTES - Embedding.ENVELOPE_BYTES;
  }

  @Override
  public void start(StateMachine machine, LogListener listener) throws LogRefusedException {
    if (!begun.compareAndSet(false, true)) {
      throw new IllegalStateException("a log is started once");
    }
    checkDirectory();
    Transport transport = openPort();
    try {
      start(machine, listener, transport);
    } catch (RuntimeException | TimeoutException e) {
      transport.stop(STOP);
      throw new LogRefusedException(
          "the log in " + config.directory() + " cannot be opened: " + e, e);
    }
  }

  private void start(StateMachine machine, LogListener listener, Transport transport)
      throws TimeoutException {
    String name = config.member();
    ScheduledExecutorService lineThread = thread("ssyncd-line-" + name);
    ScheduledExecutorService peersThread = thread("ssyncd-peers-" + name);
    ScheduledExecutorService listenerThread = thread("ssyncd-events-" + name);
    AppliedIndex applied = new AppliedIndex(lineThread);
    Announcer announcer = new Announcer(listener, listenerThread);
    Halt halt = new Halt(why -> onHalt(why, announcer));
    TableType type = new TableType(new Replica(machine, applied, halt));
    LocalServer local = new LocalServer();
    HeardTimes heard = new HeardTimes();
    LineRequests requests =
        new LineRequests(local, MemberId.from(name), type, tuning.sessionTimeout());
    Peers peers = new Peers(config, transport, peersThread);
    Embedding embedding =
        Embedding.open(
            config, tuning, transport, type, local, heard, halt, peers::reachable, this::onView);
    SessionLine line =
        new SessionLine(
            requests,
            lineThread,
            () -> embedding.view().leader() != null,
            MAX_WAITING,
            tuning.sessionTimeout());
    peers.publish(notice);
    running =
        new Running(
            transport,
            embedding,
            line,
            peers,
            announcer,
            applied,
            heard,
            lineThread,
            peersThread,
            listenerThread);
    peers.start(tuning.probeInterval(), embedding::lead);
    embedding.start(tuning.startTimeout());
    log.info("{} listens on {}", name, config.self().text());
  }

  private void onView(View view) {
    Running now = running;
    if (now != null) {
      now.line.leaderChanged();
      now.announcer.announce(view);
    }
  }

  private void onHalt(String why, Announcer announcer) {
    announcer.halted(why);
    end("the log has halted: " + why, false);
  }

  @Override
  public CompletableFuture<Committed> propose(byte[] entry) {
    if (entry.length > maxEntryBytes()) {
      throw new IllegalArgumentException(
          "an entry of " + entry.length + " bytes; the most are " + maxEntryBytes());
    }
    Running now = running;
    if (now == null) {
      return notRunning();
    }
    return now.line
        .submit(new Operation(TableService.APPLY, entry, tuning.proposalTimeout()))
        .thenApply(done -> new Committed(done.index(), Outcome.ofCode(done.result()[0] & 0xff)));
  }

  @Override
  public CompletableFuture<Long> barrier() {
    Running now = running;
    if (now == null) {
      return notRunning();
    }
    // Not a linearizable query of Atomix: a new leader answers those before it has applied what its
    // predecessor committed.
    return now.line
        .submit(new Operation(TableService.BARRIER, new byte[0], tuning.proposalTimeout()))
        .thenCompose(
            done ->
                now.applied
                    .when(ByteBuffer.wrap(done.result()).getLong())
                    .orTimeout(tuning.proposalTimeout().toMillis(), TimeUnit.MILLISECONDS))
        .exceptionallyCompose(
            error ->
                CompletableFuture.failedFuture(
                    unavailable("the barrier was not reached in time", error)));
  }

  private static LogUnavailableException unavailable(String what, Throwable error) {
    Throwable cause =
        error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
    return cause instanceof LogUnavailableException known
        ? known
        : new LogUnavailableException(what, cause);
  }

  @Override
  public CompletableFuture<Void> snapshot() {
    Running now = running;
    if (now == null) {
      return notRunning();
    }
    return now.embedding.snapshot(
        () -> {
          // A snapshot counts once the next entry has been applied: a barrier is one.
          var unused = barrier();
        });
  }

  @Override
  public CompletableFuture<Void> transfer(String member) {
    Running now = running;
    if (now == null) {
      return notRunning();
    }
    if (!config.members().containsKey(member)) {
      return CompletableFuture.failedFuture(
          new IllegalArgumentException("there is no member " + member));
    }
    return transfer(now, member, TRANSFER);
  }

  private CompletableFuture<Void> transfer(Running now, String member, Duration timeout) {
    if (member.equals(now.embedding.view().leader())) {
      return CompletableFuture.completedFuture(null);
    }
    CompletableFuture<Void> asked =
        member.equals(config.member())
            ? now.embedding.lead()
            : now.peers.askToLead(member, timeout);
    CompletableFuture<Void> leads = new CompletableFuture<>();
    var unused =
        asked.whenComplete(
            (ok, error) -> {
              if (error != null) {
                leads.completeExceptionally(
                    unavailable(member + " did not take the lead: " + error, error));
              } else {
                awaitLeader(now, member, leads);
              }
            });
    return leads
        .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
        .exceptionallyCompose(
            error ->
                CompletableFuture.failedFuture(
                    unavailable(member + " did not take the lead in time", error)));
  }

  private void awaitLeader(Running now, String member, CompletableFuture<Void> leads) {
    if (member.equals(now.embedding.view().leader())) {
      leads.complete(null);
    } else if (!leads.isDone() && !now.peersThread.isShutdown()) {
      var unused =
          now.peersThread.schedule(
              () -> awaitLeader(now, member, leads), POLL.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  @Override
  public LogStatus status() {
    Running now = running;
    if (now == null) {
      return new LogStatus(Role.INACTIVE, null, 0, 0, 0, false);
    }
    View view = now.embedding.view();
    long applied = now.embedding.appliedIndex(now.applied.get());
    return new LogStatus(
        view.role(),
        view.leader(),
        view.term(),
        Math.max(applied, now.embedding.commitIndex()),
        applied,
        quorum(now, view));
  }

  private boolean quorum(Running now, View view) {
    String leader = view.leader();
    Duration window = config.electionTimeout().multipliedBy(2);
    if (leader == null) {
      return false;
    }
    if (view.role() != Role.LEADER) {
      return now.heard.within(leader, window);
    }
    List<String> voters = now.embedding.voters();
    long heard =
        voters.stream()
            .filter(voter -> voter.equals(config.member()) || now.heard.within(voter, window))
            .count();
    return heard > voters.size() / 2;
  }

  @Override
  public List<LogMember> members() {
    Running now = running;
    View view = now == null ? View.NONE : now.embedding.view();
    List<LogMember> members = new ArrayList<>();
    config
        .members()
        .forEach(
            (name, where) -> {
              boolean self = name.equals(config.member());
              Peer peer = now == null ? null : now.peers.peer(name);
              members.add(
                  new LogMember(
                      name,
                      where.text(),
                      where.witness(),
                      self ? view.role() : name.equals(view.leader()) ? Role.LEADER : Role.FOLLOWER,
                      self || now != null && now.peers.reachable(name),
                      self ? Duration.ZERO : peer == null ? null : peer.clockOffset(),
                      self
                          ? now == null ? null : now.peers.ownNotice()
                          : peer == null ? null : peer.notice()));
            });
    return members;
  }

  @Override
  public void publish(byte[] newNotice) {
    if (newNotice.length > MAX_NOTICE_BYTES) {
      throw new IllegalArgumentException(
          "a notice of " + newNotice.length + " bytes; the most are " + MAX_NOTICE_BYTES);
    }
    notice = newNotice.clone();
    Running now = running;
    if (now != null) {
      now.peers.publish(newNotice);
    }
  }

  @Override
  public void close() {
    Running now = running;
    if (now != null && !ended.get()) {
      handOver(now);
    }
    end("the log is closed", false);
  }

  /** Drops everything at once, as the death of the process would; for tests and demonstrations. */
  public void abort() {
    end("the log was aborted", true);
  }

  private void handOver(Running now) {
    if (now.embedding.view().role() != Role.LEADER) {
      return;
    }
    long end = System.nanoTime() + HAND_OVER.toNanos();
    List<String> heirs =
        members().stream()
            .filter(member -> !member.name().equals(config.member()) && member.reachable())
            .sorted((a, b) -> Boolean.compare(a.witness(), b.witness()))
            .map(LogMember::name)
            .toList();
    for (String heir : heirs) {
      Duration left = Duration.ofNanos(end - System.nanoTime());
      if (left.isNegative() || left.isZero()) {
        return;
      }
      try {
        transfer(now, heir, left).get(left.toMillis() + 100, TimeUnit.MILLISECONDS);
        return;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      } catch (ExecutionException | TimeoutException e) {
        log.info("{} did not take over: {}", heir, String.valueOf(e.getCause()));
      }
    }
  }

  private void end(String why, boolean abruptly) {
    Running now = running;
    if (now == null || !ended.compareAndSet(false, true)) {
      return;
    }
    now.line.close(why);
    now.peers.stop();
    if (abruptly) {
      now.embedding.abort(STOP);
    } else {
      now.embedding.stop(STOP);
    }
    now.transport.stop(STOP);
    now.peersThread.shutdownNow();
    now.lineThread.shutdown();
    now.listenerThread.shutdown();
    log.info("{} stopped: {}", config.member(), why);
  }

  private void checkDirectory() throws LogRefusedException {
    try {
      Files.createDirectories(config.directory());
    } catch (IOException e) {
      throw new LogRefusedException(config.directory() + " cannot be the log's directory: " + e, e);
    }
    if (!Files.isWritable(config.directory())) {
      throw new LogRefusedException(
          config.directory() + " cannot be the log's directory: it is not writable");
    }
  }

  private Transport openPort() throws LogRefusedException {
    Map<String, Identity.Endpoint> members = new HashMap<>();
    config
        .members()
        .forEach(
            (name, where) -> members.put(name, new Identity.Endpoint(where.host(), where.port())));
    try {
      Transport transport =
          new Transport(new Identity(config.cluster(), config.member(), members), reach);
      transport.start();
      return transport;
    } catch (IOException | IllegalArgumentException e) {
      throw new LogRefusedException(
          "cannot listen on "
              + config.self().text()
              + ", the address of "
              + config.member()
              + ": "
              + e.getMessage(),
          e);
    }
  }

  private static <T> CompletableFuture<T> notRunning() {
    return CompletableFuture.failedFuture(new LogUnavailableException("the log is not running"));
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
