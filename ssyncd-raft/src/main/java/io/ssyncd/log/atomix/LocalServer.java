package io.ssyncd.log.atomix;

import io.atomix.protocols.raft.protocol.CloseSessionRequest;
import io.atomix.protocols.raft.protocol.CloseSessionResponse;
import io.atomix.protocols.raft.protocol.CommandRequest;
import io.atomix.protocols.raft.protocol.CommandResponse;
import io.atomix.protocols.raft.protocol.JoinRequest;
import io.atomix.protocols.raft.protocol.JoinResponse;
import io.atomix.protocols.raft.protocol.KeepAliveRequest;
import io.atomix.protocols.raft.protocol.KeepAliveResponse;
import io.atomix.protocols.raft.protocol.LeaveRequest;
import io.atomix.protocols.raft.protocol.LeaveResponse;
import io.atomix.protocols.raft.protocol.OpenSessionRequest;
import io.atomix.protocols.raft.protocol.OpenSessionResponse;
import io.atomix.protocols.raft.protocol.ReconfigureRequest;
import io.atomix.protocols.raft.protocol.ReconfigureResponse;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * The handlers of this member's own server, called without the network. The server hands on to the
 * leader what it cannot do itself. A client over the network would have to find out by time-outs of
 * seconds that the member it spoke to hangs.
 */
final class LocalServer {
  volatile Function<OpenSessionRequest, CompletableFuture<OpenSessionResponse>> open = absent();
  volatile Function<CloseSessionRequest, CompletableFuture<CloseSessionResponse>> close = absent();
  volatile Function<KeepAliveRequest, CompletableFuture<KeepAliveResponse>> keepAlive = absent();
  volatile Function<CommandRequest, CompletableFuture<CommandResponse>> command = absent();
  volatile Function<JoinRequest, CompletableFuture<JoinResponse>> join = absent();
  volatile Function<LeaveRequest, CompletableFuture<LeaveResponse>> leave = absent();
  volatile Function<ReconfigureRequest, CompletableFuture<ReconfigureResponse>> reconfigure =
      absent();

  private static <Q, A> Function<Q, CompletableFuture<A>> absent() {
    return request ->
        CompletableFuture.failedFuture(new IllegalStateException("the server is not open"));
  }
}
