package io.ssyncd.log;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A member of a {@link LoopbackCluster}; applies and announces on threads of its own. */
public final class LoopbackLog implements ReplicatedLog {
  private final LoopbackCluster cluster;
  private final String name;
  private final ExecutorService applier;
  private final ExecutorService announcer;
  private final TreeMap<Long, CompletableFuture<Committed>> awaited = new TreeMap<>();
  private @Nullable StateMachine machine;
  private @Nullable LogListener listener;
  private volatile Role role = Role.INACTIVE;
  private volatile @Nullable String leader;
  private volatile long term;
  private volatile long applied;
  private volatile boolean ended;

  /** Called with each status before whoever asked has it. */
  public volatile Consumer<LogStatus> onStatus = status -> {};

  private volatile @Nullable Questions questions;
  private boolean heard;
  private volatile Comparator<LogMember> merit = Comparator.comparing(LogMember::name);

  LoopbackLog(LoopbackCluster cluster, String name) {
    this.cluster = cluster;
    this.name = name;
    this.applier = thread("loopback-apply-" + name);
    this.announcer = thread("loopback-events-" + name);
  }

  private static ExecutorService thread(String name) {
    return Executors.newSingleThreadExecutor(
        task -> {
          Thread made = new Thread(task, name);
          made.setDaemon(true);
          return made;
        });
  }

  String name() {
    return name;
  }

  @Override
  public int maxEntryBytes() {
    return 160 * 1024;
  }

  @Override
  public void start(StateMachine to, LogListener hears) {
    machine = to;
    listener = hears;
    cluster.join(this);
  }

  void hear(@Nullable String newLeader, long newTerm) {
    Role next =
        name.equals(newLeader) ? Role.LEADER : newLeader == null ? Role.CANDIDATE : Role.FOLLOWER;
    boolean roleNews = !heard || next != role || next == Role.LEADER && newTerm != term;
    heard = true;
    role = next;
    leader = newLeader;
    term = newTerm;
    run(
        announcer,
        () -> {
          if (roleNews) {
            listener.roleChanged(next, newTerm);
          }
          listener.leaderChanged(newLeader, newTerm);
        });
  }

  /** Says that this log has halted. */
  public void halt(String reason) {
    role = Role.INACTIVE;
    run(announcer, () -> listener.halted(reason));
  }

  @Override
  public void preferHeirs(Comparator<LogMember> newMerit) {
    merit = newMerit;
  }

  /** The order in which it was told to prefer heirs, the best last. */
  public Comparator<LogMember> merit() {
    return merit;
  }

  void await(long index, CompletableFuture<Committed> answer) {
    synchronized (awaited) {
      awaited.put(index, answer);
    }
  }

  void deliver(long upTo) {
    run(
        applier,
        () -> {
          while (applied < upTo && !ended) {
            long index = applied + 1;
            Outcome outcome = machine.apply(index, cluster.entry(name, index));
            applied = index;
            CompletableFuture<Committed> answer;
            synchronized (awaited) {
              answer = awaited.remove(index);
            }
            if (answer != null) {
              answer.complete(new Committed(index, outcome));
            }
          }
        });
  }

  private void run(ExecutorService on, Runnable task) {
    try {
      on.execute(task);
    } catch (RejectedExecutionException e) {
      if (!ended) {
        throw e;
      }
    }
  }

  @Override
  public CompletableFuture<Committed> propose(byte[] entry) {
    if (entry.length > maxEntryBytes()) {
      throw new IllegalArgumentException("an entry of " + entry.length + " bytes");
    }
    return ended
        ? CompletableFuture.failedFuture(new LogUnavailableException("closed"))
        : cluster.propose(this, entry);
  }

  @Override
  public CompletableFuture<Long> barrier() {
    if (ended || !cluster.quorum(name)) {
      return CompletableFuture.failedFuture(new LogUnavailableException("no majority"));
    }
    CompletableFuture<Long> done = new CompletableFuture<>();
    long index = cluster.size();
    deliver(index);
    run(applier, () -> done.complete(index));
    return done;
  }

  @Override
  public CompletableFuture<Void> snapshot() {
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletableFuture<Void> transfer(String member) {
    return cluster.transfer(name, member);
  }

  @Override
  public CompletableFuture<Void> addMember(String member, LogConfig.MemberAddress address) {
    return cluster.change(name, () -> cluster.add(member, address));
  }

  @Override
  public CompletableFuture<Void> removeMember(String member, boolean force) {
    return cluster.change(name, () -> cluster.remove(member));
  }

  /** In parts of two entries. */
  @Override
  public LogCursor read() {
    return new LogCursor() {
      private long at = 1;

      @Override
      public CompletableFuture<LogSlice> next() {
        long begin = at;
        List<LoggedEntry> entries = new ArrayList<>();
        for (; at <= applied && at < begin + 2; at++) {
          entries.add(new LoggedEntry(at, at * 1000, cluster.entry(name, at)));
        }
        return CompletableFuture.completedFuture(new LogSlice(begin, at, at > applied, entries));
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public @Nullable String outside() {
    return cluster.isMember(name) ? null : name + " is no member";
  }

  @Override
  public LogStatus status() {
    boolean quorum = !ended && cluster.quorum(name);
    long committed = quorum ? Math.max(applied, cluster.size()) : applied;
    LogStatus status = new LogStatus(role, leader, term, committed, applied, quorum);
    onStatus.accept(status);
    return status;
  }

  @Override
  public List<LogMember> members() {
    return cluster.members(this, role);
  }

  @Override
  public void publish(byte[] notice) {
    if (!ended) {
      cluster.publish(name, notice);
    }
  }

  @Override
  public CompletableFuture<byte[]> ask(String member, byte[] question) {
    if (member.equals(name) || !cluster.isMember(member)) {
      return CompletableFuture.failedFuture(
          new IllegalArgumentException("there is no other member " + member));
    }
    if (question.length > MAX_TALK_BYTES) {
      throw new IllegalArgumentException("a question of " + question.length + " bytes");
    }
    LoopbackLog other = cluster.reached(name, member);
    Questions by = other == null ? null : other.questions;
    if (ended || by == null) {
      return CompletableFuture.failedFuture(new LogUnavailableException(member + " is away"));
    }
    CompletableFuture<byte[]> answer;
    try {
      answer = by.answer(name, question.clone());
    } catch (RuntimeException e) {
      answer = CompletableFuture.failedFuture(e);
    }
    return answer.exceptionallyCompose(
        error ->
            CompletableFuture.failedFuture(
                new LogUnavailableException(member + ": " + error, error)));
  }

  @Override
  public void answer(Questions by) {
    questions = by;
  }

  @Override
  public void close() {
    cluster.leave(this);
    end();
  }

  void end() {
    ended = true;
    role = Role.INACTIVE;
    applier.shutdown();
    announcer.shutdown();
  }
}
