package io.ssyncd.log.atomix;

import io.atomix.cluster.MemberId;
import io.atomix.primitive.operation.OperationId;
import io.atomix.primitive.operation.PrimitiveOperation;
import io.atomix.primitive.service.ServiceConfig;
import io.atomix.protocols.raft.RaftError;
import io.atomix.protocols.raft.ReadConsistency;
import io.atomix.protocols.raft.protocol.CloseSessionRequest;
import io.atomix.protocols.raft.protocol.CommandRequest;
import io.atomix.protocols.raft.protocol.KeepAliveRequest;
import io.atomix.protocols.raft.protocol.OpenSessionRequest;
import io.atomix.protocols.raft.protocol.RaftResponse;
import io.atomix.utils.serializer.Serializer;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * The four requests of a session, made to the local server, and their answers put in the few
 * classes that matter. Stateless. A session is opened at a log index, which is its id; its commands
 * are numbered from 1, and the cluster applies each number once.
 */
final class LineRequests {
  private static final byte[] NONE = new byte[0];

  private final LocalServer server;
  private final MemberId member;
  private final TableType type;
  private final byte[] serviceConfig;
  private final long timeoutMillis;

  LineRequests(LocalServer server, MemberId member, TableType type, Duration sessionTimeout) {
    this.server = server;
    this.member = member;
    this.type = type;
    this.serviceConfig = Serializer.using(type.namespace()).encode(new ServiceConfig());
    this.timeoutMillis = sessionTimeout.toMillis();
  }

  /** Opens a session; {@link Answer.Done#index} is its id. */
  CompletableFuture<Answer> open() {
    OpenSessionRequest request =
        OpenSessionRequest.builder()
            .withMemberId(member)
            .withServiceName(TableType.NAME)
            .withServiceType(type)
            .withServiceConfig(serviceConfig)
            .withReadConsistency(ReadConsistency.LINEARIZABLE)
            .withMinTimeout(timeoutMillis)
            .withMaxTimeout(timeoutMillis)
            .build();
    return answer(server.open.apply(request), done -> new Answer.Done(done.session(), NONE));
  }

  /**
   * Keeps a session alive, tells the leader which command comes next, and drops the results of
   * those before.
   *
   * @param done number of the last command that was answered
   */
  CompletableFuture<Answer> keepAlive(long session, long done) {
    KeepAliveRequest request =
        KeepAliveRequest.builder()
            .withSessionIds(new long[] {session})
            .withCommandSequences(new long[] {done})
            .withEventIndexes(new long[] {session})
            .build();
    return answer(
        server.keepAlive.apply(request),
        kept ->
            Arrays.stream(kept.sessionIds()).anyMatch(id -> id == session)
                ? new Answer.Done(session, NONE)
                : new Answer.Gone("session " + session + " has expired"));
  }

  /** Closes a session: none of its commands is applied after this. */
  CompletableFuture<Answer> close(long session) {
    CloseSessionRequest request =
        CloseSessionRequest.builder().withSession(session).withDelete(false).build();
    return answer(server.close.apply(request), closed -> new Answer.Done(session, NONE));
  }

  CompletableFuture<Answer> command(long session, long number, OperationId what, byte[] bytes) {
    CommandRequest request =
        CommandRequest.builder()
            .withSession(session)
            .withSequence(number)
            .withOperation(PrimitiveOperation.operation(what, bytes))
            .build();
    return answer(
        server.command.apply(request),
        done -> {
          byte[] result = done.result();
          return new Answer.Done(done.index(), result == null ? NONE : result);
        });
  }

  private static <R extends RaftResponse> CompletableFuture<Answer> answer(
      CompletableFuture<R> response, Function<R, Answer> onOk) {
    return response.handle(
        (answer, error) -> {
          if (error != null) {
            return new Answer.Later(String.valueOf(error), true);
          }
          return answer.status() == RaftResponse.Status.OK
              ? onOk.apply(answer)
              : refusal(answer.error());
        });
  }

  private static Answer refusal(RaftError error) {
    if (error == null) {
      return new Answer.Later("no reason was given", true);
    }
    return switch (error.type()) {
      case ILLEGAL_MEMBER_STATE -> new Answer.Later(error.toString(), false);
      case UNKNOWN_CLIENT, UNKNOWN_SESSION, UNKNOWN_SERVICE, CLOSED_SESSION ->
          new Answer.Gone(error.toString());
      case PROTOCOL_ERROR, APPLICATION_ERROR -> new Answer.Broken(error.toString());
      // NO_LEADER is also said of a leader that took the request and did not answer.
      default -> new Answer.Later(error.toString(), true);
    };
  }
}
