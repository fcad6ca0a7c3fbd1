package io.ssyncd.log.atomix;

import io.atomix.cluster.MemberId;
import io.atomix.protocols.raft.RaftError;
import io.atomix.protocols.raft.protocol.AppendRequest;
import io.atomix.protocols.raft.protocol.AppendResponse;
import io.atomix.protocols.raft.protocol.CloseSessionRequest;
import io.atomix.protocols.raft.protocol.CloseSessionResponse;
import io.atomix.protocols.raft.protocol.CommandRequest;
import io.atomix.protocols.raft.protocol.CommandResponse;
import io.atomix.protocols.raft.protocol.InstallRequest;
import io.atomix.protocols.raft.protocol.InstallResponse;
import io.atomix.protocols.raft.protocol.JoinRequest;
import io.atomix.protocols.raft.protocol.JoinResponse;
import io.atomix.protocols.raft.protocol.KeepAliveRequest;
import io.atomix.protocols.raft.protocol.KeepAliveResponse;
import io.atomix.protocols.raft.protocol.OpenSessionRequest;
import io.atomix.protocols.raft.protocol.OpenSessionResponse;
import io.atomix.protocols.raft.protocol.RaftResponse;
import io.atomix.protocols.raft.protocol.RaftServerProtocol;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches what a server says and hears: keeps its handlers for {@link LocalServer}, notes who was
 * heard, lets only configured members join, and lets nothing count before it is on the disk.
 *
 * <p>A follower syncs before it answers. A leader counts itself among those that hold an entry
 * without being asked, so it syncs before it hears the answers of others. Empty appends are no
 * exception: their answer says that the follower holds all before them.
 */
final class GuardedProtocol extends ForwardingServerProtocol {
  private static final Logger log = LoggerFactory.getLogger(GuardedProtocol.class);

  private final LocalServer local;
  private final HeardTimes heard;
  private final Syncer syncer;
  private final boolean alone;
  private final Predicate<MemberId> mayJoin;

  /**
   * @param alone whether this is the only member: nobody's answer is heard then
   */
  GuardedProtocol(
      RaftServerProtocol to,
      LocalServer local,
      HeardTimes heard,
      Syncer syncer,
      boolean alone,
      Predicate<MemberId> mayJoin) {
    super(to);
    this.syncer = syncer;
    this.alone = alone;
    this.local = local;
    this.heard = heard;
    this.mayJoin = mayJoin;
  }

  @Override
  public CompletableFuture<AppendResponse> append(MemberId member, AppendRequest request) {
    CompletableFuture<Void> kept = syncer.kept();
    return super.append(member, request)
        .whenComplete(
            (answer, error) -> {
              // An answer of a newer term deposes us: it does not count as following us.
              if (error == null && ok(answer) && answer.term() == request.term()) {
                heard.hear(member.id());
              }
            })
        .thenCombine(kept, (answer, synced) -> answer);
  }

  @Override
  public CompletableFuture<InstallResponse> install(MemberId member, InstallRequest request) {
    return super.install(member, request)
        .whenComplete(
            (answer, error) -> {
              if (error == null && ok(answer)) {
                heard.hear(member.id());
              }
            });
  }

  @Override
  public void registerAppendHandler(
      Function<AppendRequest, CompletableFuture<AppendResponse>> handler) {
    super.registerAppendHandler(
        request -> handler.apply(request).thenCompose(answer -> kept(request, answer)));
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
        request ->
            handler
                .apply(request)
                .whenComplete(
                    (answer, error) -> {
                      if (error == null && ok(answer)) {
                        heard.hear(request.leader().id());
                      }
                    }));
  }

  @Override
  public void registerJoinHandler(Function<JoinRequest, CompletableFuture<JoinResponse>> handler) {
    super.registerJoinHandler(
        request -> {
          MemberId who = request.member().memberId();
          if (mayJoin.test(who)) {
            return handler.apply(request);
          }
          log.warn("{} asked to join and is none of the configured members: refused", who);
          return CompletableFuture.completedFuture(
              JoinResponse.builder()
                  .withStatus(RaftResponse.Status.ERROR)
                  .withError(RaftError.Type.ILLEGAL_MEMBER_STATE, "not a configured member")
                  .build());
        });
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
        alone ? request -> handler.apply(request).thenCompose(this::keptAlone) : handler;
    local.command = guarded;
    super.registerCommandHandler(guarded);
  }

  private CompletableFuture<CommandResponse> keptAlone(CommandResponse answer) {
    return syncer.kept().thenApply(synced -> answer);
  }

  private static boolean ok(RaftResponse answer) {
    return answer.status() == RaftResponse.Status.OK;
  }
}
