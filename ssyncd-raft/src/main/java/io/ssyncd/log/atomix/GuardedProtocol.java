package io.ssyncd.log.atomix;

import io.atomix.cluster.MemberId;
import io.atomix.protocols.raft.RaftError;
import io.atomix.protocols.raft.protocol.AppendRequest;
import io.atomix.protocols.raft.protocol.AppendResponse;
import io.atomix.protocols.raft.protocol.CloseSessionRequest;
import io.atomix.protocols.raft.protocol.CloseSessionResponse;
import io.atomix.protocols.raft.protocol.CommandRequest;
import io.atomix.protocols.raft.protocol.CommandResponse;
import io.atomix.protocols.raft.protocol.ConfigureRequest;
import io.atomix.protocols.raft.protocol.ConfigureResponse;
import io.atomix.protocols.raft.protocol.InstallRequest;
import io.atomix.protocols.raft.protocol.InstallResponse;
import io.atomix.protocols.raft.protocol.JoinRequest;
import io.atomix.protocols.raft.protocol.JoinResponse;
import io.atomix.protocols.raft.protocol.KeepAliveRequest;
import io.atomix.protocols.raft.protocol.KeepAliveResponse;
import io.atomix.protocols.raft.protocol.LeaveRequest;
import io.atomix.protocols.raft.protocol.LeaveResponse;
import io.atomix.protocols.raft.protocol.OpenSessionRequest;
import io.atomix.protocols.raft.protocol.OpenSessionResponse;
import io.atomix.protocols.raft.protocol.PollRequest;
import io.atomix.protocols.raft.protocol.PollResponse;
import io.atomix.protocols.raft.protocol.RaftResponse;
import io.atomix.protocols.raft.protocol.RaftServerProtocol;
import io.atomix.protocols.raft.protocol.ReconfigureRequest;
import io.atomix.protocols.raft.protocol.ReconfigureResponse;
import io.atomix.protocols.raft.protocol.TransferRequest;
import io.atomix.protocols.raft.protocol.TransferResponse;
import io.atomix.protocols.raft.protocol.VoteRequest;
import io.atomix.protocols.raft.protocol.VoteResponse;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches what a server says and hears: keeps its handlers for {@link LocalServer}, notes who was
 * heard, lets nobody join or vote or take over who may not, lets nothing count before it is on the
 * disk, and keeps {@link Gaps} out of the log.
 *
 * <p>A follower syncs before it answers. A leader counts itself among those that hold an entry
 * without being asked, so it syncs before it hears the answers of others. Empty appends are no
 * exception: their answer says that the follower holds all before them.
 */
final class GuardedProtocol extends ForwardingServerProtocol {
  /** Members are changed by {@link Reconfiguration}, not by whoever asks. */
  private static final String OPERATOR = "members are added by an operator";

  private static final Logger log = LoggerFactory.getLogger(GuardedProtocol.class);

  private final LocalServer local;
  private final HeardTimes heard;
  private final Syncer syncer;
  private volatile @Nullable Standing standing;

  GuardedProtocol(RaftServerProtocol to, LocalServer local, HeardTimes heard, Syncer syncer) {
    super(to);
    this.syncer = syncer;
    this.local = local;
    this.heard = heard;
  }

  /** Whose standing in its cluster decides what is said and heard; until then nothing is. */
  void serve(Standing whose) {
    standing = whose;
  }

  @Override
  public CompletableFuture<AppendResponse> append(MemberId member, AppendRequest request) {
    CompletableFuture<Void> kept = syncer.kept();
    CompletableFuture<AppendResponse> answered =
        super.append(member, request)
            .whenComplete(
                (answer, error) -> {
                  // An answer of a newer term deposes us: it does not count as following us.
                  if (error == null && ok(answer) && answer.term() == request.term()) {
                    heard.hear(member.id());
                  }
                })
            .thenCompose(answer -> standing().answered(member, answer))
            .thenCombine(kept, (answer, synced) -> answer);
    return standing().late().withheld(member, answered);
  }

  /** Called on the server's thread, as all that it sends. */
  @Override
  public CompletableFuture<ConfigureResponse> configure(MemberId member, ConfigureRequest request) {
    standing().configurations().keep();
    return standing().late().withheld(member, super.configure(member, request));
  }

  @Override
  public CompletableFuture<PollResponse> poll(MemberId member, PollRequest request) {
    return standing().mayStand() ? super.poll(member, request) : barred();
  }

  @Override
  public CompletableFuture<VoteResponse> vote(MemberId member, VoteRequest request) {
    return standing().mayStand() ? super.vote(member, request) : barred();
  }

  private static <T> CompletableFuture<T> barred() {
    return CompletableFuture.failedFuture(
        new IllegalStateException("not by one that may not lead, or does not lead now"));
  }

  private Standing standing() {
    Standing now = standing;
    if (now == null) {
      throw new IllegalStateException("the server is not open");
    }
    return now;
  }

  @Override
  public CompletableFuture<InstallResponse> install(MemberId member, InstallRequest request) {
    return standing()
        .late()
        .withheld(
            member,
            super.install(member, request)
                .whenComplete(
                    (answer, error) -> {
                      if (error == null && ok(answer)) {
                        heard.hear(member.id());
                      }
                    }));
  }

  @Override
  public void registerAppendHandler(
      Function<AppendRequest, CompletableFuture<AppendResponse>> handler) {
    super.registerAppendHandler(
        member(
            request ->
                guarded(request, handler)
                    .thenCompose(answer -> standing().appended(request, answer))
                    .thenCompose(answer -> kept(request, answer))));
  }

  private CompletableFuture<AppendResponse> guarded(
      AppendRequest request, Function<AppendRequest, CompletableFuture<AppendResponse>> handler) {
    if (standing().gaps().before(request)) {
      return handler.apply(Gaps.withoutEntries(request)).thenApply(Gaps::nothing);
    }
    int known = standing().overlap().of(request);
    return handler.apply(known == 0 ? request : Overlap.without(request, known));
  }

  /** A member that has no place in a cluster yet hears nothing of Raft. */
  private <Q, A> Function<Q, CompletableFuture<A>> member(
      Function<Q, CompletableFuture<A>> handler) {
    return request -> {
      // The port is open before the log is.
      Standing now = standing;
      return now != null && now.inPlace()
          ? handler.apply(request)
          : CompletableFuture.failedFuture(
              new IllegalStateException("this member has no place in its cluster yet"));
    };
  }

  @Override
  public void registerConfigureHandler(
      Function<ConfigureRequest, CompletableFuture<ConfigureResponse>> handler) {
    super.registerConfigureHandler(
        member(
            request ->
                standing()
                    .mayConfigure(request)
                    .thenCompose(
                        may ->
                            may
                                ? handler
                                    .apply(request)
                                    .thenCompose(answer -> standing().configured(request, answer))
                                : barred())));
  }

  @Override
  public void registerPollHandler(Function<PollRequest, CompletableFuture<PollResponse>> handler) {
    super.registerPollHandler(
        member(
            request ->
                standing()
                    .mayVote(new LastEntry(request.lastLogTerm(), request.lastLogIndex()))
                    .thenCompose(may -> may ? handler.apply(request) : barred())));
  }

  @Override
  public void registerVoteHandler(Function<VoteRequest, CompletableFuture<VoteResponse>> handler) {
    super.registerVoteHandler(
        member(
            request ->
                standing()
                    .mayVote(new LastEntry(request.lastLogTerm(), request.lastLogIndex()))
                    .thenCompose(may -> may ? handler.apply(request) : barred())));
  }

  @Override
  public void registerTransferHandler(
      Function<TransferRequest, CompletableFuture<TransferResponse>> handler) {
    super.registerTransferHandler(
        member(
            request ->
                standing()
                    .handover()
                    .mayGoTo(request.member())
                    .thenCompose(
                        may ->
                            may
                                ? handler.apply(request)
                                : refused(TransferResponse.builder(), "the heir is behind"))));
  }

  private CompletableFuture<AppendResponse> kept(AppendRequest request, AppendResponse answer) {
    if (ok(answer) && answer.term() == request.term()) {
      heard.hear(request.leader().id());
    }
    return syncer.kept().thenApply(synced -> answer);
  }

  @Override
  public void registerInstallHandler(
      Function<InstallRequest, CompletableFuture<InstallResponse>> handler) {
    super.registerInstallHandler(
        member(
            request ->
                handler
                    .apply(request)
                    .whenComplete(
                        (answer, error) -> {
                          if (error == null && ok(answer)) {
                            heard.hear(request.leader().id());
                          }
                        })));
  }

  @Override
  public void registerJoinHandler(Function<JoinRequest, CompletableFuture<JoinResponse>> handler) {
    local.join = handler;
    super.registerJoinHandler(
        request -> {
          log.warn("{} asked to join by itself: refused", request.member().memberId());
          return refused(JoinResponse.builder(), OPERATOR);
        });
  }

  @Override
  public void registerLeaveHandler(
      Function<LeaveRequest, CompletableFuture<LeaveResponse>> handler) {
    local.leave = handler;
    super.registerLeaveHandler(request -> refused(LeaveResponse.builder(), OPERATOR));
  }

  @Override
  public void registerReconfigureHandler(
      Function<ReconfigureRequest, CompletableFuture<ReconfigureResponse>> handler) {
    local.reconfigure = handler;
    super.registerReconfigureHandler(request -> refused(ReconfigureResponse.builder(), OPERATOR));
  }

  private static <T extends RaftResponse> CompletableFuture<T> refused(
      RaftResponse.Builder<?, T> response, String why) {
    return CompletableFuture.completedFuture(
        response
            .withStatus(RaftResponse.Status.ERROR)
            .withError(RaftError.Type.ILLEGAL_MEMBER_STATE, why)
            .build());
  }

  @Override
  public void registerOpenSessionHandler(
      Function<OpenSessionRequest, CompletableFuture<OpenSessionResponse>> handler) {
    local.open = handler;
    super.registerOpenSessionHandler(handler);
  }

  @Override
  public void registerCloseSessionHandler(
      Function<CloseSessionRequest, CompletableFuture<CloseSessionResponse>> handler) {
    local.close = handler;
    super.registerCloseSessionHandler(handler);
  }

  @Override
  public void registerKeepAliveHandler(
      Function<KeepAliveRequest, CompletableFuture<KeepAliveResponse>> handler) {
    local.keepAlive = handler;
    super.registerKeepAliveHandler(handler);
  }

  @Override
  public void registerCommandHandler(
      Function<CommandRequest, CompletableFuture<CommandResponse>> handler) {
    Function<CommandRequest, CompletableFuture<CommandResponse>> guarded =
        request -> handler.apply(request).thenCompose(this::keptAlone);
    local.command = guarded;
    super.registerCommandHandler(guarded);
  }

  /** The only voter hears nobody's answer before it counts an entry. */
  private CompletableFuture<CommandResponse> keptAlone(CommandResponse answer) {
    if (!standing().votesAlone()) {
      return CompletableFuture.completedFuture(answer);
    }
    return syncer.kept().thenApply(synced -> answer);
  }

  private static boolean ok(RaftResponse answer) {
    return answer.status() == RaftResponse.Status.OK;
  }
}
