package io.ssyncd.log.atomix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.atomix.cluster.MemberId;
import io.atomix.protocols.raft.RaftError;
import io.atomix.protocols.raft.protocol.CloseSessionResponse;
import io.atomix.protocols.raft.protocol.CommandRequest;
import io.atomix.protocols.raft.protocol.CommandResponse;
import io.atomix.protocols.raft.protocol.KeepAliveResponse;
import io.atomix.protocols.raft.protocol.OpenSessionResponse;
import io.atomix.protocols.raft.protocol.RaftResponse;
import io.ssyncd.log.LogUnavailableException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The line against a server of the test's: what is sent, when, and what becomes of doubt. */
class SessionLineTest {
  private static final Duration LONG = Duration.ofSeconds(10);

  private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
  private final ScheduledExecutorService cluster = Executors.newSingleThreadScheduledExecutor();
  private final LocalServer server = new LocalServer();
  private final List<String> seen = new ArrayList<>();
  private final AtomicLong sessions = new AtomicLong(100);
  private volatile Function<CommandRequest, CompletableFuture<CommandResponse>> commands =
      this::applied;
  private final LogCounters counters = new LogCounters();
  private SessionLine line;

  @BeforeEach
  void connect() {
    server.open =
        request -> {
          note("open");
          return CompletableFuture.completedFuture(
              OpenSessionResponse.builder()
                  .withStatus(RaftResponse.Status.OK)
                  .withSession(sessions.incrementAndGet())
                  .withTimeout(10_000)
                  .build());
        };
    server.close =
        request -> {
          note("close " + request.session());
          return CompletableFuture.completedFuture(
              CloseSessionResponse.builder().withStatus(RaftResponse.Status.OK).build());
        };
    server.keepAlive =
        request -> {
          note("keep " + request.sessionIds()[0] + " " + request.commandSequenceNumbers()[0]);
          return CompletableFuture.completedFuture(
              KeepAliveResponse.builder()
                  .withStatus(RaftResponse.Status.OK)
                  .withMembers(List.of())
                  .withSessionIds(request.sessionIds())
                  .build());
        };
    server.command =
        request -> {
          note("command " + request.session() + " " + request.sequenceNumber());
          return commands.apply(request);
        };
    line =
        new SessionLine(
            new LineRequests(
                server,
                MemberId.from("m1"),
                new TableType(
                    new Replica(null, new AppliedIndex(Runnable::run), null, new Halt(why -> {}))),
                Duration.ofSeconds(60)),
            thread,
            () -> true,
            counters,
            8,
            Duration.ofSeconds(60));
    line.begin();
  }

  @AfterEach
  void disconnect() {
    line.close("the test is over");
    thread.shutdownNow();
    cluster.shutdownNow();
  }

  private synchronized void note(String what) {
    seen.add(what);
  }

  private synchronized List<String> seen() {
    return new ArrayList<>(seen);
  }

  private CompletableFuture<CommandResponse> applied(CommandRequest request) {
    return CompletableFuture.completedFuture(ok(request));
  }

  private static CommandResponse ok(CommandRequest request) {
    return CommandResponse.builder()
        .withStatus(RaftResponse.Status.OK)
        .withIndex(1000 + request.sequenceNumber())
        .withResult(request.operation().value())
        .build();
  }

  private static CompletableFuture<CommandResponse> error(RaftError.Type type) {
    return CompletableFuture.completedFuture(
        CommandResponse.builder().withStatus(RaftResponse.Status.ERROR).withError(type).build());
  }

  private CompletableFuture<Answer.Done> submit(String text, Duration timeout) {
    return line.submit(Operation.proposal(text.getBytes(StandardCharsets.UTF_8), timeout));
  }

  private static Answer.Done get(CompletableFuture<Answer.Done> future) throws Exception {
    return future.get(10, TimeUnit.SECONDS);
  }

  @Test
  void trap3_neverMoreThanOneCommandIsInFlight() throws Exception {
    AtomicInteger flying = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    commands =
        request -> {
          most.accumulateAndGet(flying.incrementAndGet(), Math::max);
          CompletableFuture<CommandResponse> answer = new CompletableFuture<>();
          var unused =
              cluster.schedule(
                  () -> {
                    flying.decrementAndGet();
                    answer.complete(ok(request));
                  },
                  5,
                  TimeUnit.MILLISECONDS);
          return answer;
        };
    List<CompletableFuture<Answer.Done>> all = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      all.add(submit("entry", LONG));
    }
    for (int i = 0; i < 8; i++) {
      assertThat(get(all.get(i)).index()).isEqualTo(1001 + i);
    }
    assertThat(most).hasValue(1);
  }

  @Test
  void trap3_aNewLeadersCounterIsSetBeforeTheCommandIsSentAgain() throws Exception {
    get(submit("one", LONG));
    commands = request -> new CompletableFuture<>();
    CompletableFuture<Answer.Done> second = submit("two", LONG);
    await().until(() -> seen().contains("command 101 2"));
    commands = this::applied;
    line.leaderChanged();
    assertThat(get(second).index()).isEqualTo(1002);
    assertThat(seen()).endsWith("command 101 1", "command 101 2", "keep 101 1", "command 101 2");
  }

  @Test
  void trap3_anAttemptWithoutAnAnswerIsMadeAgainWithTheSameNumber() throws Exception {
    AtomicInteger attempts = new AtomicInteger();
    commands =
        request -> attempts.incrementAndGet() == 1 ? new CompletableFuture<>() : applied(request);
    assertThat(get(submit("one", LONG)).index()).isEqualTo(1001);
    assertThat(seen()).containsExactly("open", "command 101 1", "keep 101 0", "command 101 1");
  }

  @Test
  void theSessionOfACommandWhoseTimeIsOverIsClosedBeforeTheNextIsSent() throws Exception {
    commands = request -> new CompletableFuture<>();
    CompletableFuture<Answer.Done> late = submit("late", Duration.ofMillis(200));
    assertThatThrownBy(() -> get(late))
        .hasCauseInstanceOf(LogUnavailableException.class)
        .hasMessageContaining("may be committed later");
    commands = this::applied;
    get(submit("next", LONG));
    assertThat(seen())
        .containsExactly("open", "command 101 1", "close 101", "open", "command 102 1");
  }

  @Test
  void whatWaitsTooLongWasNotSent() throws Exception {
    commands = request -> new CompletableFuture<>();
    var unused = submit("in flight", LONG);
    CompletableFuture<Answer.Done> waiting = submit("waiting", Duration.ofMillis(100));
    assertThatThrownBy(() -> get(waiting))
        .hasCauseInstanceOf(LogUnavailableException.class)
        .hasMessageContaining("was not sent");
  }

  @Test
  void whenTheSessionHasExpiredTheCommandGoesIntoANewOne() throws Exception {
    commands =
        request ->
            request.session() == 101 ? error(RaftError.Type.UNKNOWN_SESSION) : applied(request);
    assertThat(get(submit("one", LONG)).index()).isEqualTo(1001);
    assertThat(seen()).containsExactly("open", "command 101 1", "open", "command 102 1");
  }

  @Test
  void whenTheSessionHasExpiredInDoubtTheCommandIsNotSentASecondTime() throws Exception {
    AtomicInteger attempts = new AtomicInteger();
    commands =
        request ->
            error(
                attempts.incrementAndGet() == 1
                    ? RaftError.Type.COMMAND_FAILURE
                    : RaftError.Type.UNKNOWN_SESSION);
    CompletableFuture<Answer.Done> doubtful = submit("one", LONG);
    assertThatThrownBy(() -> get(doubtful)).hasCauseInstanceOf(LogUnavailableException.class);
    commands = this::applied;
    assertThat(get(submit("two", LONG)).index()).isEqualTo(1001);
    assertThat(seen()).endsWith("command 102 1");
  }

  @Test
  void aServerThatIsNotReadyIsAskedAgain() throws Exception {
    AtomicInteger attempts = new AtomicInteger();
    commands =
        request ->
            attempts.incrementAndGet() < 5
                ? error(RaftError.Type.ILLEGAL_MEMBER_STATE)
                : applied(request);
    assertThat(get(submit("one", LONG)).index()).isEqualTo(1001);
    assertThat(attempts).hasValue(5);
  }

  @Test
  void aCommandThatCannotSucceedFailsAloneAndInANewSession() throws Exception {
    commands =
        request ->
            request.session() == 101 ? error(RaftError.Type.PROTOCOL_ERROR) : applied(request);
    CompletableFuture<Answer.Done> broken = submit("broken", LONG);
    CompletableFuture<Answer.Done> sound = submit("sound", LONG);
    assertThatThrownBy(() -> get(broken)).hasCauseInstanceOf(LogUnavailableException.class);
    assertThat(get(sound).index()).isEqualTo(1001);
    assertThat(seen())
        .containsExactly("open", "command 101 1", "close 101", "open", "command 102 1");
  }

  @Test
  void whenTooManyWaitTheNextIsRejectedAndTheOthersStay() throws Exception {
    commands = request -> new CompletableFuture<>();
    CompletableFuture<Answer.Done> first = submit("in flight", LONG);
    await().until(() -> seen().contains("command 101 1"));
    List<CompletableFuture<Answer.Done>> waiting = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      waiting.add(submit("waiting", LONG));
    }
    assertThatThrownBy(() -> get(submit("too many", LONG)))
        .hasCauseInstanceOf(RejectedExecutionException.class);
    assertThat(counters.snapshot()).containsEntry("rejected", 1L);
    commands = this::applied;
    line.leaderChanged();
    get(first);
    for (CompletableFuture<Answer.Done> one : waiting) {
      get(one);
    }
  }

  @Test
  void aBarrierOvertakesWhatWaits() throws Exception {
    commands = request -> new CompletableFuture<>();
    var first = submit("in flight", LONG);
    await().until(() -> seen().contains("command 101 1"));
    var waiting = submit("waiting", LONG);
    var barrier = line.submit(Operation.barrier(LONG));
    commands = this::applied;
    line.leaderChanged();
    assertThat(get(first).index()).isEqualTo(1001);
    assertThat(get(barrier).index()).isEqualTo(1002);
    assertThat(get(waiting).index()).isEqualTo(1003);
  }

  @Test
  void whatWaitsWhenTheLineIsClosedFails() throws Exception {
    commands = request -> new CompletableFuture<>();
    CompletableFuture<Answer.Done> flying = submit("one", LONG);
    CompletableFuture<Answer.Done> waiting = submit("two", LONG);
    await().until(() -> seen().contains("command 101 1"));
    line.close("over");
    assertThatThrownBy(() -> get(flying)).hasMessageContaining("over");
    assertThatThrownBy(() -> get(waiting)).hasMessageContaining("over");
    assertThatThrownBy(() -> get(submit("three", LONG))).hasMessageContaining("over");
  }
}
