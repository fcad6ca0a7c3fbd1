package io.ssyncd.log.atomix;

import io.ssyncd.log.Committed;
import io.ssyncd.log.Durability;
import io.ssyncd.log.LogConfig;
import io.ssyncd.log.LogListener;
import io.ssyncd.log.LogRefusedException;
import io.ssyncd.log.LogStatus;
import io.ssyncd.log.LogUnavailableException;
import io.ssyncd.log.LoopbackNetwork;
import io.ssyncd.log.Outcome;
import io.ssyncd.log.Role;
import io.ssyncd.log.StateMachine;
import io.ssyncd.log.atomix.LogOracle.Life;
import io.ssyncd.log.atomix.disk.VoteLedger;
import io.ssyncd.table.SessionTable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Members of one log in this JVM, with real tables, real files and real connections, whose network
 * and disks are bent. Whatever they do is told to the {@link LogOracle}. Used by one thread.
 */
final class FaultyCluster implements AutoCloseable {
  private static final AtomixTuning TUNING =
      new AtomixTuning(
          AtomixTuning.MIN_SEGMENT_BYTES,
          2L * AtomixTuning.MIN_SEGMENT_BYTES,
          Duration.ofMillis(1500),
          Duration.ofSeconds(2),
          Duration.ofSeconds(20),
          Duration.ofMillis(100),
          1);
  private static final Duration ELECTION = Duration.ofMillis(150);
  private static final Duration HEARTBEAT = Duration.ofMillis(30);

  final Network network = new Network();
  final AtomicInteger inFlight = new AtomicInteger();
  private final Path directory;
  private final LogOracle oracle;
  private final Consumer<String> trace;
  private final SortedMap<String, LogConfig.MemberAddress> addresses = new TreeMap<>();
  private final Map<String, Running> running = new TreeMap<>();

  /** A member that is up. */
  record Running(String name, Life life, AtomixLog log, FragileDisk disk) {
    boolean leads() {
      LogStatus status = log.status();
      return status.role() == Role.LEADER && status.quorum();
    }
  }

  FaultyCluster(Path directory, int members, LogOracle oracle, Consumer<String> trace) {
    this.directory = directory;
    this.oracle = oracle;
    this.trace = trace;
    LoopbackNetwork loopback = LoopbackNetwork.unused();
    for (int i = 1; i <= members; i++) {
      addresses.put(
          "m" + i, new LogConfig.MemberAddress(loopback.address(i), LoopbackNetwork.PORT, false));
    }
  }

  List<String> names() {
    return List.copyOf(addresses.keySet());
  }

  List<Running> running() {
    return List.copyOf(running.values());
  }

  /** The member of this name; null if it is down. */
  @Nullable Running running(String name) {
    return running.get(name);
  }

  boolean whole() {
    return running.size() == addresses.size();
  }

  /** The member that has answers of a majority; null if there is none just now. */
  @Nullable Running leader() {
    return running.values().stream().filter(Running::leads).findFirst().orElse(null);
  }

  private Path home(String name) {
    return directory.resolve(name);
  }

  void start(String name) {
    Path home = home(name);
    FragileDisk disk = new FragileDisk(home);
    AtomixLog log =
        new AtomixLog(
            new LogConfig(name, home, "random", addresses, ELECTION, HEARTBEAT, Durability.FSYNC),
            TUNING,
            network,
            disk);
    Life life = new Life(name);
    network.on(name);
    try {
      log.start(new Watched(life), new Heard(life));
      running.put(name, new Running(name, life, log, disk));
    } catch (LogRefusedException e) {
      oracle.violated(name + " does not start: " + e);
    }
  }

  /** As {@code kill -9} would. */
  void kill(Running member) {
    oracle.ends(member.life);
    network.off(member.name);
    running.remove(member.name);
    member.log.abort();
    readVotes(member.name);
  }

  void close(Running member) {
    running.remove(member.name);
    member.log.close();
    oracle.ends(member.life);
    readVotes(member.name);
  }

  /**
   * What was not synced is gone, or as much of it as chance wants; false if that is not known: then
   * nothing has happened.
   */
  boolean losePower(Running member, long chance) throws IOException {
    network.off(member.name);
    oracle.ends(member.life);
    if (!member.disk.lose()) {
      oracle.begins(member.life);
      network.on(member.name);
      return false;
    }
    kill(member);
    member.disk.replace(new Random(chance));
    return true;
  }

  /**
   * Takes everything from a member that is down; it may vote again in terms that it has voted in.
   */
  void wipe(String name) throws IOException {
    oracle.forgetVotes(name);
    FragileDisk.delete(home(name));
  }

  /** The term of a member's last vote. */
  long votedIn(String name) {
    try (VoteLedger ledger = VoteLedger.open(home(name))) {
      return ledger.term();
    } catch (IOException | LogRefusedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void readVotes(String name) {
    try (VoteLedger ledger = VoteLedger.open(home(name))) {
      long term = ledger.term();
      String candidate = ledger.vote(term);
      oracle.voted(name, term, candidate == null ? "" : candidate);
    } catch (IOException | LogRefusedException e) {
      oracle.violated("the votes of " + name + " cannot be read: " + e);
    }
  }

  /** Tells the oracle what the members show. */
  void look() {
    for (Running member : running.values()) {
      LogStatus status = member.log.status();
      oracle.seen(member.life, status.appliedIndex(), status.commitIndex(), status.term());
      readVotes(member.name);
    }
  }

  /** Proposes, and tells the oracle if it is acknowledged; {@code then} hears of it as well. */
  void propose(Running member, byte[] bytes, Consumer<Committed> then) {
    inFlight.incrementAndGet();
    var unused =
        member
            .log
            .propose(bytes)
            .whenComplete(
                (done, error) -> {
                  inFlight.decrementAndGet();
                  if (error == null) {
                    oracle.acknowledged(member.name, done.index(), bytes, done.outcome());
                    then.accept(done);
                  } else {
                    checkRefusal(member, error);
                  }
                });
  }

  CompletableFuture<Long> barrier(Running member) {
    long known = oracle.acknowledged();
    return member
        .log
        .barrier()
        .whenComplete(
            (index, error) -> {
              if (error == null) {
                oracle.passed(member.life, index, known);
              } else {
                checkRefusal(member, error);
              }
            });
  }

  private void checkRefusal(Running member, Throwable error) {
    Throwable cause = error instanceof CompletionException ? error.getCause() : error;
    if (!(cause instanceof LogUnavailableException
        || cause instanceof RejectedExecutionException)) {
      oracle.violated(member.name + " refuses with " + cause);
    }
  }

  /** Everything that can be seen, for people. */
  List<String> view() {
    List<String> lines = new ArrayList<>();
    for (String name : names()) {
      Running member = running.get(name);
      lines.add(
          member == null
              ? name + " is down"
              : name
                  + " "
                  + member.log.status()
                  + " applied "
                  + oracle.applied(member.life)
                  + " "
                  + member.log.counters());
    }
    return lines;
  }

  @Override
  public void close() {
    List<CompletableFuture<Void>> closing =
        running().stream()
            .map(
                member -> {
                  oracle.ends(member.life);
                  return CompletableFuture.runAsync(member.log::abort);
                })
            .toList();
    closing.forEach(CompletableFuture::join);
    running.clear();
  }

  /** A real table that tells what it does. */
  private final class Watched implements StateMachine {
    private final SessionTable table = new SessionTable();
    private final Life life;

    Watched(Life life) {
      this.life = life;
    }

    @Override
    public Outcome apply(long index, byte[] entry) {
      Outcome outcome = table.apply(index, entry);
      oracle.applied(life, index, entry, outcome, table.digest());
      return outcome;
    }

    @Override
    public void writeSnapshot(OutputStream to) throws IOException {
      table.writeSnapshot(to);
    }

    @Override
    public void readSnapshot(InputStream from) throws IOException {
      table.readSnapshot(from);
      trace.accept(life.member + " has read a snapshot at " + table.appliedIndex());
      oracle.restored(life, table.appliedIndex(), table.digest());
    }
  }

  private final class Heard implements LogListener {
    private final Life life;

    Heard(Life life) {
      this.life = life;
    }

    @Override
    public void roleChanged(Role role, long term) {
      trace.accept(life.member + " is " + role + " in term " + term);
      if (role == Role.LEADER) {
        oracle.leads(life, term);
      }
    }

    @Override
    public void leaderChanged(@Nullable String leader, long term) {
      if (leader != null) {
        oracle.follows(life, leader, term);
      }
    }

    @Override
    public void halted(String reason) {
      oracle.halted(life, reason);
    }
  }
}
