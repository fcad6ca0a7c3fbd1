package io.ssyncd.log;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A replicated log of several members in one JVM, without any consensus: who leads, who is cut off,
 * whose proposals wait, are lost or are committed without an answer, all by command. What was
 * committed outlives its members, as on disks.
 */
public final class LoopbackCluster implements AutoCloseable {
  private final Path directory;
  private final SortedMap<String, LogConfig.MemberAddress> addresses = new TreeMap<>();
  private final List<byte[]> entries = new ArrayList<>();
  private final Map<String, LoopbackLog> open = new HashMap<>();
  private final Map<String, byte[]> notices = new HashMap<>();
  private final Set<String> cut = new HashSet<>();
  private final Map<String, List<Runnable>> held = new HashMap<>();
  private final Map<String, Integer> unanswered = new HashMap<>();
  private final Map<String, Integer> lost = new HashMap<>();
  private final Map<String, Integer> lies = new HashMap<>();
  private final Map<String, Integer> garbled = new HashMap<>();
  private final Map<String, ClockOffset> clocks = new HashMap<>();
  private final List<String> transfers = new ArrayList<>();
  private @Nullable String leader;
  private long term;
  private boolean refuseTransfers;

  /** Members that are not open yet; those whose name begins with a w are witnesses. */
  public LoopbackCluster(Path directory, String... names) {
    this.directory = directory;
    int port = 1;
    for (String name : names) {
      addresses.put(name, new LogConfig.MemberAddress("127.0.0.1", port++, name.startsWith("w")));
    }
  }

  /** What a member of this cluster is told. */
  public LogConfig config(String name) {
    return new LogConfig(
        name,
        directory.resolve(name).resolve("log"),
        "loopback",
        addresses,
        Duration.ofMillis(500),
        Duration.ofMillis(100),
        Durability.OS);
  }

  /** A new log for a member, not started. */
  public LoopbackLog log(String name) {
    return new LoopbackLog(this, name);
  }

  // ---- commands of tests ----

  /** Makes a member the leader; a former one that is cut off does not hear of it. */
  public synchronized void elect(String name) {
    term++;
    leader = name;
    tellAll();
  }

  /** From now on all others take a member's clock for so far ahead of their own. */
  public synchronized void clock(String name, Duration ahead) {
    clocks.put(name, new ClockOffset(ahead, Duration.ofMillis(1)));
  }

  /** Nobody leads. */
  public synchronized void depose() {
    term++;
    leader = null;
    tellAll();
  }

  /** A member neither hears nor is heard. */
  public synchronized void cut(String name) {
    cut.add(name);
  }

  /** It hears and is heard again, and learns what it missed. */
  public synchronized void heal(String name) {
    cut.remove(name);
    tellAll();
    deliver();
  }

  /** A member's proposals wait. */
  public synchronized void hold(String name) {
    held.putIfAbsent(name, new ArrayList<>());
  }

  /** Those that waited are committed now, whoever leads. */
  public synchronized void release(String name) {
    List<Runnable> waiting = held.remove(name);
    if (waiting != null) {
      waiting.forEach(Runnable::run);
    }
  }

  /** How many proposals of a member wait. */
  public synchronized int heldBy(String name) {
    return held.getOrDefault(name, List.of()).size();
  }

  /** A member's next proposals are committed, but it is told that nobody knows. */
  public synchronized void loseAnswers(String name, int count) {
    unanswered.put(name, count);
  }

  /** A member's next proposals are not committed. */
  public synchronized void loseProposals(String name, int count) {
    lost.put(name, count);
  }

  /** A member's next proposals are not committed, but it is told that they are: a broken log. */
  public synchronized void lie(String name, int count) {
    lies.put(name, count);
  }

  /** A member's next entries reach its table as garbage: a bad disk, or a bug. */
  public synchronized void garble(String name, int count) {
    garbled.put(name, count);
  }

  /** Leadership stays where it is, whoever asks. */
  public synchronized void refuseTransfers(boolean refuse) {
    refuseTransfers = refuse;
  }

  /** To whom leadership was asked to go, in order. */
  public synchronized List<String> transfers() {
    return List.copyOf(transfers);
  }

  public synchronized List<byte[]> entries() {
    return List.copyOf(entries);
  }

  /** Commits bytes as if somebody had proposed them. */
  public synchronized long commit(byte[] entry) {
    entries.add(entry);
    deliver();
    return entries.size();
  }

  public synchronized @Nullable String leader() {
    return leader;
  }

  /** Ends a member as the death of its process would. */
  public synchronized void crash(String name) {
    LoopbackLog gone = open.remove(name);
    if (gone != null) {
      gone.end();
    }
    if (name.equals(leader)) {
      depose();
    }
  }

  // ---- for the logs ----

  synchronized void join(LoopbackLog log) {
    open.put(log.name(), log);
    tellAll();
    deliver();
  }

  synchronized void leave(LoopbackLog log) {
    if (open.get(log.name()) != log) {
      return;
    }
    open.remove(log.name());
    if (log.name().equals(leader)) {
      String heir =
          open.keySet().stream()
              .filter(name -> !cut.contains(name) && !addresses.get(name).witness())
              .sorted()
              .findFirst()
              .orElse(null);
      if (heir == null) {
        depose();
      } else {
        elect(heir);
      }
    }
  }

  private void tellAll() {
    for (LoopbackLog log : open.values()) {
      if (!cut.contains(log.name())) {
        log.hear(leader, term);
      }
    }
  }

  private void deliver() {
    for (LoopbackLog log : open.values()) {
      if (!cut.contains(log.name())) {
        log.deliver(entries.size());
      }
    }
  }

  synchronized byte[] entry(String of, long index) {
    return take(garbled, of) ? new byte[1] : entries.get((int) index - 1);
  }

  synchronized long size() {
    return entries.size();
  }

  synchronized boolean quorum(String of) {
    long reachable = open.keySet().stream().filter(name -> !cut.contains(name)).count();
    return !cut.contains(of)
        && reachable * 2 > addresses.size()
        && leader != null
        && !cut.contains(leader);
  }

  synchronized CompletableFuture<Committed> propose(LoopbackLog log, byte[] entry) {
    CompletableFuture<Committed> answer = new CompletableFuture<>();
    List<Runnable> waiting = held.get(log.name());
    if (waiting != null) {
      waiting.add(() -> commit(log, entry, answer));
    } else if (!quorum(log.name())) {
      answer.completeExceptionally(new LogUnavailableException("no majority"));
    } else if (take(lost, log.name())) {
      answer.completeExceptionally(new LogUnavailableException("lost, and not committed"));
    } else if (take(lies, log.name())) {
      answer.complete(new Committed(entries.size(), Outcome.APPLIED));
    } else if (take(unanswered, log.name())) {
      commit(log, entry, new CompletableFuture<>());
      answer.completeExceptionally(new LogUnavailableException("the answer was lost"));
    } else {
      commit(log, entry, answer);
    }
    return answer;
  }

  private static boolean take(Map<String, Integer> counts, String name) {
    int left = counts.getOrDefault(name, 0);
    counts.put(name, Math.max(0, left - 1));
    return left > 0;
  }

  private synchronized void commit(
      LoopbackLog log, byte[] entry, CompletableFuture<Committed> answer) {
    entries.add(entry);
    log.await(entries.size(), answer);
    deliver();
  }

  synchronized CompletableFuture<Void> transfer(String asker, String to) {
    transfers.add(to);
    if (refuseTransfers || cut.contains(to) || cut.contains(asker) || !open.containsKey(to)) {
      return CompletableFuture.failedFuture(new LogUnavailableException(to + " does not answer"));
    }
    if (!to.equals(leader)) {
      elect(to);
    }
    return CompletableFuture.completedFuture(null);
  }

  synchronized CompletableFuture<Void> change(String asker, Runnable change) {
    if (!quorum(asker)) {
      return CompletableFuture.failedFuture(new LogUnavailableException("no majority"));
    }
    try {
      change.run();
      return CompletableFuture.completedFuture(null);
    } catch (IllegalArgumentException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  synchronized void add(String name, LogConfig.MemberAddress address) {
    addresses.put(name, address);
  }

  synchronized void remove(String name) {
    if (!addresses.containsKey(name)) {
      throw new IllegalArgumentException("there is no member " + name);
    }
    if (addresses.size() == 1) {
      throw new IllegalArgumentException(name + " is the last voter");
    }
    addresses.remove(name);
    if (name.equals(leader)) {
      depose();
    }
  }

  synchronized boolean isMember(String name) {
    return addresses.containsKey(name);
  }

  /** The log of a member that is in reach; null if it is not. */
  synchronized @Nullable LoopbackLog reached(String asker, String member) {
    return cut.contains(asker) || cut.contains(member) ? null : open.get(member);
  }

  synchronized void publish(String name, byte[] notice) {
    notices.put(name, notice.clone());
  }

  synchronized List<LogMember> members(LoopbackLog asker, Role own) {
    List<LogMember> members = new ArrayList<>();
    addresses.forEach(
        (name, address) -> {
          boolean self = name.equals(asker.name());
          boolean reachable =
              self || open.containsKey(name) && !cut.contains(name) && !cut.contains(asker.name());
          members.add(
              new LogMember(
                  name,
                  address.text(),
                  address.witness(),
                  true,
                  self ? own : name.equals(leader) ? Role.LEADER : Role.FOLLOWER,
                  reachable,
                  self ? ClockOffset.NONE : clocks.getOrDefault(name, ClockOffset.NONE),
                  notices.get(name)));
        });
    return members;
  }

  @Override
  public synchronized void close() {
    List.copyOf(open.keySet()).forEach(this::crash);
  }
}
