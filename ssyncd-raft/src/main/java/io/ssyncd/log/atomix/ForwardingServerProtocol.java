package io.ssyncd.log.atomix;

import io.atomix.cluster.MemberId;
import io.atomix.primitive.session.SessionId;
import io.atomix.protocols.raft.protocol.AppendRequest;
import io.atomix.protocols.raft.protocol.AppendResponse;
import io.atomix.protocols.raft.protocol.CloseSessionRequest;
import io.atomix.protocols.raft.protocol.CloseSessionResponse;
import io.atomix.protocols.raft.protocol.CommandRequest;
import io.atomix.protocols.raft.protocol.CommandResponse;
import io.atomix.protocols.raft.protocol.ConfigureRequest;
import io.atomix.protocols.raft.protocol.ConfigureResponse;
import io.atomix.protocols.raft.protocol.HeartbeatRequest;
import io.atomix.protocols.raft.protocol.HeartbeatResponse;
import io.atomix.protocols.raft.protocol.InstallRequest;
import io.atomix.protocols.raft.protocol.InstallResponse;
import io.atomix.protocols.raft.protocol.JoinRequest;
import io.atomix.protocols.raft.protocol.JoinResponse;
import io.atomix.protocols.raft.protocol.KeepAliveRequest;
import io.atomix.protocols.raft.protocol.KeepAliveResponse;
import io.atomix.protocols.raft.protocol.LeaveRequest;
import io.atomix.protocols.raft.protocol.LeaveResponse;
import io.atomix.protocols.raft.protocol.MetadataRequest;
import io.atomix.protocols.raft.protocol.MetadataResponse;
import io.atomix.protocols.raft.protocol.OpenSessionRequest;
import io.atomix.protocols.raft.protocol.OpenSessionResponse;
import io.atomix.protocols.raft.protocol.PollRequest;
import io.atomix.protocols.raft.protocol.PollResponse;
import io.atomix.protocols.raft.protocol.PublishRequest;
import io.atomix.protocols.raft.protocol.QueryRequest;
import io.atomix.protocols.raft.protocol.QueryResponse;
import io.atomix.protocols.raft.protocol.RaftServerProtocol;
import io.atomix.protocols.raft.protocol.ReconfigureRequest;
import io.atomix.protocols.raft.protocol.ReconfigureResponse;
import io.atomix.protocols.raft.protocol.ResetRequest;
import io.atomix.protocols.raft.protocol.TransferRequest;
import io.atomix.protocols.raft.protocol.TransferResponse;
import io.atomix.protocols.raft.protocol.VoteRequest;
import io.atomix.protocols.raft.protocol.VoteResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A server protocol that hands every call on. Guards extend it and override the calls that they
 * watch; nothing here decides anything.
 */
class ForwardingServerProtocol implements RaftServerProtocol {
  private final RaftServerProtocol to;

  ForwardingServerProtocol(RaftServerProtocol to) {
    this.to = to;
  }

  @Override
  public CompletableFuture<OpenSessionResponse> openSession(
      MemberId member, OpenSessionRequest request) {
    return to.openSession(member, request);
  }

  @Override
  public CompletableFuture<CloseSessionResponse> closeSession(
      MemberId member, CloseSessionRequest request) {
    return to.closeSession(member, request);
  }

  @Override
  public CompletableFuture<KeepAliveResponse> keepAlive(MemberId member, KeepAliveRequest request) {
    return to.keepAlive(member, request);
  }

  @Override
  public CompletableFuture<QueryResponse> query(MemberId member, QueryRequest request) {
    return to.query(member, request);
  }

  @Override
  public CompletableFuture<CommandResponse> command(MemberId member, CommandRequest request) {
    return to.command(member, request);
  }

  @Override
  public CompletableFuture<MetadataResponse> metadata(MemberId member, MetadataRequest request) {
    return to.metadata(member, request);
  }

  @Override
  public CompletableFuture<JoinResponse> join(MemberId member, JoinRequest request) {
    return to.join(member, request);
  }

  @Override
  public CompletableFuture<LeaveResponse> leave(MemberId member, LeaveRequest request) {
    return to.leave(member, request);
  }

  @Override
  public CompletableFuture<ConfigureResponse> configure(MemberId member, ConfigureRequest request) {
    return to.configure(member, request);
  }

  @Override
  public CompletableFuture<ReconfigureResponse> reconfigure(
      MemberId member, ReconfigureRequest request) {
    return to.reconfigure(member, request);
  }

  @Override
  public CompletableFuture<InstallResponse> install(MemberId member, InstallRequest request) {
    return to.install(member, request);
  }

  @Override
  public CompletableFuture<TransferResponse> transfer(MemberId member, TransferRequest request) {
    return to.transfer(member, request);
  }

  @Override
  public CompletableFuture<PollResponse> poll(MemberId member, PollRequest request) {
    return to.poll(member, request);
  }

  @Override
  public CompletableFuture<VoteResponse> vote(MemberId member, VoteRequest request) {
    return to.vote(member, request);
  }

  @Override
  public CompletableFuture<AppendResponse> append(MemberId member, AppendRequest request) {
    return to.append(member, request);
  }

  @Override
  public CompletableFuture<HeartbeatResponse> heartbeat(MemberId member, HeartbeatRequest request) {
    return to.heartbeat(member, request);
  }

  @Override
  public void publish(MemberId member, PublishRequest request) {
    to.publish(member, request);
  }

  @Override
  public void registerOpenSessionHandler(
      Function<OpenSessionRequest, CompletableFuture<OpenSessionResponse>> handler) {
    to.registerOpenSessionHandler(handler);
  }

  @Override
  public void unregisterOpenSessionHandler() {
    to.unregisterOpenSessionHandler();
  }

  @Override
  public void registerCloseSessionHandler(
      Function<CloseSessionRequest, CompletableFuture<CloseSessionResponse>> handler) {
    to.registerCloseSessionHandler(handler);
  }

  @Override
  public void unregisterCloseSessionHandler() {
    to.unregisterCloseSessionHandler();
  }

  @Override
  public void registerKeepAliveHandler(
      Function<KeepAliveRequest, CompletableFuture<KeepAliveResponse>> handler) {
    to.registerKeepAliveHandler(handler);
  }

  @Override
  public void unregisterKeepAliveHandler() {
    to.unregisterKeepAliveHandler();
  }

  @Override
  public void registerQueryHandler(
      Function<QueryRequest, CompletableFuture<QueryResponse>> handler) {
    to.registerQueryHandler(handler);
  }

  @Override
  public void unregisterQueryHandler() {
    to.unregisterQueryHandler();
  }

  @Override
  public void registerCommandHandler(
      Function<CommandRequest, CompletableFuture<CommandResponse>> handler) {
    to.registerCommandHandler(handler);
  }

  @Override
  public void unregisterCommandHandler() {
    to.unregisterCommandHandler();
  }

  @Override
  public void registerMetadataHandler(
      Function<MetadataRequest, CompletableFuture<MetadataResponse>> handler) {
    to.registerMetadataHandler(handler);
  }

  @Override
  public void unregisterMetadataHandler() {
    to.unregisterMetadataHandler();
  }

  @Override
  public void registerJoinHandler(Function<JoinRequest, CompletableFuture<JoinResponse>> handler) {
    to.registerJoinHandler(handler);
  }

  @Override
  public void unregisterJoinHandler() {
    to.unregisterJoinHandler();
  }

  @Override
  public void registerLeaveHandler(
      Function<LeaveRequest, CompletableFuture<LeaveResponse>> handler) {
    to.registerLeaveHandler(handler);
  }

  @Override
  public void unregisterLeaveHandler() {
    to.unregisterLeaveHandler();
  }

  @Override
  public void registerConfigureHandler(
      Function<ConfigureRequest, CompletableFuture<ConfigureResponse>> handler) {
    to.registerConfigureHandler(handler);
  }

  @Override
  public void unregisterConfigureHandler() {
    to.unregisterConfigureHandler();
  }

  @Override
  public void registerReconfigureHandler(
      Function<ReconfigureRequest, CompletableFuture<ReconfigureResponse>> handler) {
    to.registerReconfigureHandler(handler);
  }

  @Override
  public void unregisterReconfigureHandler() {
    to.unregisterReconfigureHandler();
  }

  @Override
  public void registerInstallHandler(
      Function<InstallRequest, CompletableFuture<InstallResponse>> handler) {
    to.registerInstallHandler(handler);
  }

  @Override
  public void unregisterInstallHandler() {
    to.unregisterInstallHandler();
  }

  @Override
  public void registerTransferHandler(
      Function<TransferRequest, CompletableFuture<TransferResponse>> handler) {
    to.registerTransferHandler(handler);
  }

  @Override
  public void unregisterTransferHandler() {
    to.unregisterTransferHandler();
  }

  @Override
  public void registerPollHandler(Function<PollRequest, CompletableFuture<PollResponse>> handler) {
    to.registerPollHandler(handler);
  }

  @Override
  public void unregisterPollHandler() {
    to.unregisterPollHandler();
  }

  @Override
  public void registerVoteHandler(Function<VoteRequest, CompletableFuture<VoteResponse>> handler) {
    to.registerVoteHandler(handler);
  }

  @Override
  public void unregisterVoteHandler() {
    to.unregisterVoteHandler();
  }

  @Override
  public void registerAppendHandler(
      Function<AppendRequest, CompletableFuture<AppendResponse>> handler) {
    to.registerAppendHandler(handler);
  }

  @Override
  public void unregisterAppendHandler() {
    to.unregisterAppendHandler();
  }

  @Override
  public void registerResetListener(
      SessionId session, Consumer<ResetRequest> listener, Executor executor) {
    to.registerResetListener(session, listener, executor);
  }

  @Override
  public void unregisterResetListener(SessionId session) {
    to.unregisterResetListener(session);
  }
}
