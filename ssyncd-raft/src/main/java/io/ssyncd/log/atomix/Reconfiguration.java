package io.ssyncd.log.atomix;

import io.atomix.cluster.MemberId;
import io.atomix.protocols.raft.RaftServer;
import io.atomix.protocols.raft.cluster.RaftMember;
import io.atomix.protocols.raft.cluster.impl.DefaultRaftMember;
import io.atomix.protocols.raft.cluster.impl.RaftMemberContext;
import io.atomix.protocols.raft.impl.RaftContext;
import io.atomix.protocols.raft.protocol.JoinRequest;
import io.atomix.protocols.raft.protocol.LeaveRequest;
import io.atomix.protocols.raft.protocol.RaftResponse;
import io.atomix.protocols.raft.protocol.ReconfigureRequest;
import io.atomix.protocols.raft.storage.system.Configuration;
import io.ssyncd.log.LogConfig;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The leader's work on the members: brings Raft's configuration to the {@link Roster}, one change
 * at a time. Whoever leads goes on where the one before stopped, since both are in the log. A new
 * member does not vote before its log is nearly as long as the leader's, so that an empty one takes
 * no majority away.
 *
 * <p>A member is taken out with Raft's leave request; Atomix' own removal leaves it in the
 * configuration as inactive, and it could never come back.
 *
 * <p>On the server's thread.
 */
final class Reconfiguration {
  private static final Logger log = LoggerFactory.getLogger(Reconfiguration.class);

  /** How many entries a member may lack when it begins to vote. */
  private static final long NEARLY = 256;

  /** Atomix may forget to answer. */
  private static final Duration STEP = Duration.ofSeconds(5);

  private final LogConfig config;
  private final RaftContext context;
  private final Membership membership;
  private final LocalServer local;
  private final HeardTimes heard;
  private final Function<Operation, CompletableFuture<Answer.Done>> line;
  private long readyTerm;
  private boolean busy;
  private long notBefore = System.nanoTime();

  /**
   * @param line commits operations of this member
   */
  Reconfiguration(
      LogConfig config,
      RaftContext context,
      Membership membership,
      LocalServer local,
      HeardTimes heard,
      Function<Operation, CompletableFuture<Answer.Done>> line) {
    this.config = config;
    this.context = context;
    this.membership = membership;
    this.local = local;
    this.heard = heard;
    this.line = line;
  }

  /** Makes the next step if one is due. */
  void tick() {
    if (context.getRole() != RaftServer.Role.LEADER || busy || System.nanoTime() < notBefore) {
      return;
    }
    if (readyTerm != context.getTerm()) {
      // What earlier leaders committed has to be applied here first.
      long term = context.getTerm();
      begin(
          line.apply(Operation.barrier(STEP)).thenRun(() -> run(() -> readyTerm = term)),
          "apply what earlier leaders committed");
    } else {
      step();
    }
  }

  /** Whether this member leads and knows all that was decided before. */
  boolean ready() {
    return context.getRole() == RaftServer.Role.LEADER && readyTerm == context.getTerm();
  }

  private void step() {
    Roster roster = membership.roster();
    if (roster.index() == 0) {
      begin(propose(new RosterChange.Begin(roster.members())), "write down the members");
      return;
    }
    Map<String, RaftMember> configured = configured();
    for (RaftMember member : configured.values()) {
      String name = member.memberId().id();
      if (!roster.contains(name) && !name.equals(config.member())) {
        LeaveRequest request = LeaveRequest.builder().withMember(member).build();
        begin(accepted(local.leave.apply(request)), "take " + name + " out");
        return;
      }
    }
    for (String name : roster.members().keySet()) {
      RaftMember member = configured.get(name);
      if (member == null) {
        JoinRequest request =
            JoinRequest.builder().withMember(typed(name, RaftMember.Type.PROMOTABLE)).build();
        begin(accepted(local.join.apply(request)), "take " + name + " in");
        return;
      }
      if (member.getType() != RaftMember.Type.ACTIVE && caughtUp(name)) {
        begin(accepted(local.reconfigure.apply(vote(name))), "let " + name + " vote");
        return;
      }
    }
  }

  private ReconfigureRequest vote(String name) {
    Configuration now = context.getCluster().getConfiguration();
    return ReconfigureRequest.builder()
        .withIndex(now.index())
        .withTerm(now.term())
        .withMember(typed(name, RaftMember.Type.ACTIVE))
        .build();
  }

  private static RaftMember typed(String name, RaftMember.Type type) {
    return new DefaultRaftMember(MemberId.from(name), type, Instant.now());
  }

  Map<String, RaftMember> configured() {
    Map<String, RaftMember> members = new TreeMap<>();
    context
        .getCluster()
        .getMembers()
        .forEach(member -> members.put(member.memberId().id(), member));
    return members;
  }

  private boolean caughtUp(String name) {
    RaftMemberContext state = context.getCluster().getMemberState(MemberId.from(name));
    return state != null
        && state.getFailureCount() == 0
        && state.getMatchIndex() > 0
        && state.getMatchIndex() + NEARLY >= context.getCommitIndex()
        && heard.within(name, config.electionTimeout());
  }

  CompletableFuture<Void> propose(RosterChange change) {
    return line.apply(Operation.members(change, STEP)).thenAccept(done -> {});
  }

  private static <R extends RaftResponse> CompletableFuture<Void> accepted(
      CompletableFuture<R> response) {
    return response.thenAccept(
        answer -> {
          if (answer.status() != RaftResponse.Status.OK) {
            throw new IllegalStateException("refused: " + answer.error());
          }
        });
  }

  private void begin(CompletableFuture<Void> step, String what) {
    busy = true;
    var unused =
        step.orTimeout(STEP.toMillis(), TimeUnit.MILLISECONDS)
            .whenComplete((done, error) -> run(() -> ended(what, error)));
  }

  private void ended(String what, @Nullable Throwable error) {
    busy = false;
    if (error == null) {
      log.info("done: {}", what);
    } else {
      log.info("not done: {}: {}; it is tried again", what, error.toString());
      notBefore = System.nanoTime() + config.electionTimeout().toNanos();
    }
  }

  private void run(Runnable task) {
    context.getThreadContext().execute(task);
  }
}
