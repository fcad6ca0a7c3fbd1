package io.ssyncd.log.atomix;

import io.atomix.cluster.MemberId;
import io.atomix.protocols.raft.cluster.RaftMember;
import io.atomix.protocols.raft.cluster.impl.DefaultRaftMember;
import io.atomix.protocols.raft.protocol.AppendRequest;
import io.atomix.protocols.raft.protocol.AppendResponse;
import io.atomix.protocols.raft.protocol.PollRequest;
import io.atomix.protocols.raft.protocol.PollResponse;
import io.atomix.protocols.raft.protocol.RaftServerProtocol;
import io.atomix.protocols.raft.protocol.VoteRequest;
import io.atomix.protocols.raft.protocol.VoteResponse;
import io.atomix.protocols.raft.storage.log.entry.RaftLogEntry;
import io.atomix.protocols.raft.storage.system.Configuration;
import io.atomix.utils.concurrent.ThreadModel;
import io.ssyncd.log.Durability;
import io.ssyncd.log.LogConfig;
import io.ssyncd.log.LogRefusedException;
import io.ssyncd.log.RecordingMachine;
import io.ssyncd.log.atomix.disk.Ledgers;
import io.ssyncd.log.atomix.disk.Runway;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.LoggerFactory;

/** Member C of three without a network: what A and B say to it, the test says. */
final class BareServer implements AutoCloseable {
  static final LogConfig.MemberAddress NOWHERE = new LogConfig.MemberAddress("127.0.0.1", 1, false);

  private final Map<String, Function<Object, CompletableFuture<Object>>> handlers =
      new ConcurrentHashMap<>();
  private final Map<String, Integer> sent = new ConcurrentHashMap<>();
  final Ledgers ledgers;
  final ServerContext context;
  final Syncer syncer;

  /**
   * @param election so long that it does not stand by itself, or so short that it does
   */
  BareServer(Path directory, Duration election) throws LogRefusedException, TimeoutException {
    Map<String, LogConfig.MemberAddress> members = Map.of("A", NOWHERE, "B", NOWHERE, "C", NOWHERE);
    LogConfig config =
        new LogConfig(
            "C",
            directory,
            "bare",
            new TreeMap<>(members),
            election,
            Duration.ofMillis(20),
            Durability.FSYNC);
    ledgers = Ledgers.open(directory);
    Halt halt = new Halt(why -> {});
    LogFiles files = new LogFiles(config);
    LogEnd end = new LogEnd(ledgers.acks().term(), files.check(ledgers));
    LedgerDisk ledger =
        new LedgerDisk(new SegmentDisk(directory, LogFiles.PREFIX), end, ledgers.acks());
    LogCounters counters = new LogCounters();
    syncer = new Syncer(ledger, Runnable::run, halt, counters);
    Membership membership = new Membership(config);
    context =
        new ServerContext(
            "C",
            MemberId.from("C"),
            membership,
            protocol(),
            files.storage(AtomixLogTest.SMALL),
            new TableType(
                new Replica(
                    new RecordingMachine(), new AppliedIndex(Runnable::run), membership, halt)),
            ThreadModel.SHARED_THREAD_POOL.factory(
                "bare-%d", 1, LoggerFactory.getLogger(BareServer.class)),
            ledgers.votes(),
            new GuardedLogWriter.Guards(
                new Runway(directory, LogFiles.PREFIX, LogFiles.MAX_ENTRY_BYTES),
                end,
                ledger,
                syncer,
                counters,
                halt));
    context.setElectionTimeout(election);
    new ServerThread(context)
        .run(
            () -> {
              context.setTerm(ledgers.term());
              if (context.getCluster().getConfiguration() == null) {
                context.getCluster().configure(configuration());
              }
              context.transition(RaftMember.Type.ACTIVE);
            },
            Duration.ofSeconds(10));
  }

  private static Configuration configuration() {
    Instant now = Instant.now();
    Set<RaftMember> members =
        Stream.of("A", "B", "C")
            .map(name -> new DefaultRaftMember(MemberId.from(name), RaftMember.Type.ACTIVE, now))
            .collect(Collectors.toSet());
    return new Configuration(0, 0, now.toEpochMilli(), members);
  }

  @SuppressWarnings("unchecked")
  private RaftServerProtocol protocol() {
    return (RaftServerProtocol)
        Proxy.newProxyInstance(
            BareServer.class.getClassLoader(),
            new Class<?>[] {RaftServerProtocol.class},
            (proxy, method, arguments) -> {
              if (method.getName().startsWith("register") && arguments.length == 1) {
                handlers.put(
                    method.getName(), (Function<Object, CompletableFuture<Object>>) arguments[0]);
              } else {
                sent.merge(method.getName(), 1, Integer::sum);
              }
              return method.getReturnType() == CompletableFuture.class
                  ? new CompletableFuture<>()
                  : null;
            });
  }

  int sent(String what) {
    return sent.getOrDefault(what, 0);
  }

  private Object ask(String handler, Object request) throws Exception {
    return handlers.get(handler).apply(request).get(5, TimeUnit.SECONDS);
  }

  boolean votes(String candidate, long term) throws Exception {
    VoteResponse answer =
        (VoteResponse)
            ask(
                "registerVoteHandler",
                VoteRequest.builder()
                    .withTerm(term)
                    .withCandidate(MemberId.from(candidate))
                    .withLastLogIndex(1_000)
                    .withLastLogTerm(term)
                    .build());
    return answer.voted();
  }

  boolean polls(String candidate, long term) throws Exception {
    PollResponse answer =
        (PollResponse)
            ask(
                "registerPollHandler",
                PollRequest.builder()
                    .withTerm(term)
                    .withCandidate(MemberId.from(candidate))
                    .withLastLogIndex(1_000)
                    .withLastLogTerm(term)
                    .build());
    return answer.accepted();
  }

  AppendResponse append(
      String leader, long term, long previous, long previousTerm, List<RaftLogEntry> entries)
      throws Exception {
    return append(leader, term, previous, previousTerm, entries, 0);
  }

  AppendResponse append(
      String leader,
      long term,
      long previous,
      long previousTerm,
      List<RaftLogEntry> entries,
      long committed)
      throws Exception {
    return (AppendResponse)
        ask(
            "registerAppendHandler",
            AppendRequest.builder()
                .withTerm(term)
                .withLeader(MemberId.from(leader))
                .withPrevLogIndex(previous)
                .withPrevLogTerm(previousTerm)
                .withEntries(entries)
                .withCommitIndex(committed)
                .build());
  }

  void heartbeat(String leader, long term) throws Exception {
    append(leader, term, 0, 0, List.of());
  }

  @Override
  public void close() {
    try {
      new ServerThread(context)
          .run(
              () -> {
                context.getCluster().close();
                context.close();
              },
              Duration.ofSeconds(10));
    } catch (TimeoutException e) {
      throw new IllegalStateException(e);
    }
    ledgers.close();
  }
}
