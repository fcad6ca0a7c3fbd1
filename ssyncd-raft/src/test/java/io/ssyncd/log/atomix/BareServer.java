package io.ssyncd.log.atomix;

import io.atomix.cluster.MemberId;
import io.atomix.primitive.operation.PrimitiveOperation;
import io.atomix.primitive.service.ServiceConfig;
import io.atomix.protocols.raft.ReadConsistency;
import io.atomix.protocols.raft.cluster.RaftMember;
import io.atomix.protocols.raft.cluster.impl.DefaultRaftMember;
import io.atomix.protocols.raft.protocol.AppendRequest;
import io.atomix.protocols.raft.protocol.AppendResponse;
import io.atomix.protocols.raft.protocol.InstallRequest;
import io.atomix.protocols.raft.protocol.InstallResponse;
import io.atomix.protocols.raft.protocol.PollRequest;
import io.atomix.protocols.raft.protocol.PollResponse;
import io.atomix.protocols.raft.protocol.RaftServerProtocol;
import io.atomix.protocols.raft.protocol.VoteRequest;
import io.atomix.protocols.raft.protocol.VoteResponse;
import io.atomix.protocols.raft.storage.RaftStorage;
import io.atomix.protocols.raft.storage.log.entry.CommandEntry;
import io.atomix.protocols.raft.storage.log.entry.OpenSessionEntry;
import io.atomix.protocols.raft.storage.log.entry.RaftLogEntry;
import io.atomix.protocols.raft.storage.system.Configuration;
import io.atomix.utils.concurrent.ThreadModel;
import io.atomix.utils.serializer.Serializer;
import io.ssyncd.log.Durability;
import io.ssyncd.log.LogConfig;
import io.ssyncd.log.LogRefusedException;
import io.ssyncd.log.RecordingMachine;
import io.ssyncd.log.atomix.disk.Ledgers;
import io.ssyncd.log.atomix.disk.Runway;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
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
  private static final long TIME = 1_700_000_000_000L;
  private static final long SESSION_MILLIS = 60_000;

  static final LogConfig.MemberAddress NOWHERE = new LogConfig.MemberAddress("127.0.0.1", 1, false);

  private final Map<String, Function<Object, CompletableFuture<Object>>> handlers =
      new ConcurrentHashMap<>();
  private final Map<String, Integer> sent = new ConcurrentHashMap<>();
  private final Map<String, Object> answers = new ConcurrentHashMap<>();
  final Ledgers ledgers;
  final ServerContext context;
  final Syncer syncer;
  final RecordingMachine machine = new RecordingMachine();
  final RaftStorage storage;
  final LogConfig config;
  private final SnapshotTaker taker;
  private final TableType type;

  /** Without {@link GuardedProtocol}: what it is told goes to Atomix as it is. */
  BareServer(Path directory, Duration election) throws LogRefusedException, TimeoutException {
    this(directory, election, disk(directory), false);
  }

  /** The same with a disk that a test bends. */
  BareServer(Path directory, Duration election, Syncer.Disk disk)
      throws LogRefusedException, TimeoutException {
    this(directory, election, disk, false);
  }

  /** With {@link GuardedProtocol}. */
  static BareServer guarded(Path directory, Duration election)
      throws LogRefusedException, TimeoutException {
    return new BareServer(directory, election, disk(directory), true);
  }

  private static Syncer.Disk disk(Path directory) {
    return new SegmentDisk(directory, LogFiles.PREFIX);
  }

  /**
   * @param election so long that it does not stand by itself, or so short that it does
   */
  private BareServer(Path directory, Duration election, Syncer.Disk disk, boolean guarded)
      throws LogRefusedException, TimeoutException {
    Map<String, LogConfig.MemberAddress> members = Map.of("A", NOWHERE, "B", NOWHERE, "C", NOWHERE);
    config =
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
    LedgerDisk ledger = new LedgerDisk(disk, end, ledgers.acks());
    LogCounters counters = new LogCounters();
    syncer = new Syncer(ledger, Runnable::run, halt, counters);
    Membership membership = new Membership(config);
    GuardedProtocol guards =
        new GuardedProtocol(protocol(), new LocalServer(), new HeardTimes(), syncer);
    storage = files.storage(AtomixLogTest.SMALL);
    type = new TableType(new Replica(machine, new AppliedIndex(Runnable::run), membership, halt));
    context =
        new ServerContext(
            "C",
            MemberId.from("C"),
            membership,
            guarded ? guards : protocol(),
            storage,
            type,
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
    guards.serve(
        new Standing(
            context, new Configurations(config, context), new Amnesia(config), () -> false));
    taker = new SnapshotTaker(context, files, Long.MAX_VALUE, halt);
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
              if (method.getReturnType() != CompletableFuture.class) {
                return null;
              }
              Object answer = answers.get(method.getName());
              return answer == null
                  ? new CompletableFuture<>()
                  : CompletableFuture.completedFuture(answer);
            });
  }

  /** From now on A and B answer so to such requests; to all others they do not. */
  void answer(String what, Object answer) {
    answers.put(what, answer);
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

  /** Entries that open a session and let it propose: each one's text is its index. */
  List<RaftLogEntry> proposals(long term, int count) {
    List<RaftLogEntry> entries = new ArrayList<>();
    byte[] config = Serializer.using(type.namespace()).encode(new ServiceConfig());
    entries.add(
        new OpenSessionEntry(
            term,
            TIME,
            "A",
            TableType.NAME,
            TableType.NAME,
            config,
            ReadConsistency.LINEARIZABLE,
            SESSION_MILLIS,
            SESSION_MILLIS));
    for (int index = 2; index <= count; index++) {
      byte[] text = String.valueOf(index).getBytes(StandardCharsets.UTF_8);
      entries.add(
          new CommandEntry(
              term, TIME, 1, index - 1, PrimitiveOperation.operation(TableService.APPLY, text)));
    }
    return entries;
  }

  /** Sends a snapshot, in one piece. */
  InstallResponse install(String leader, long term, long index, byte[] data) throws Exception {
    return (InstallResponse)
        ask(
            "registerInstallHandler",
            InstallRequest.builder()
                .withTerm(term)
                .withLeader(MemberId.from(leader))
                .withIndex(index)
                .withTimestamp(TIME)
                .withVersion(1)
                .withOffset(0)
                .withData(data)
                .withComplete(true)
                .build());
  }

  /** Takes a snapshot; what else has to happen for it to count is up to the test. */
  CompletableFuture<Void> take() {
    return taker.now(() -> {});
  }

  void tick() throws TimeoutException {
    new ServerThread(context).run(taker::tick, Duration.ofSeconds(10));
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
