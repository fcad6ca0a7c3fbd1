package io.ssyncd.log.atomix;

import io.atomix.protocols.raft.RaftServer;
import io.atomix.protocols.raft.cluster.RaftMember;
import io.atomix.protocols.raft.cluster.impl.RaftMemberContext;
import io.atomix.protocols.raft.impl.RaftContext;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Helps a server out of two states in which Atomix waits for long or for ever. On the server's
 * thread.
 *
 * <p>A leader speaks less and less to a member that did not answer, after some minutes once in 60
 * s; when the member is in reach again by {@link Peers}, its failures are forgotten.
 *
 * <p>A member that has heard after its start of commits up to some index stands for no election
 * before it has applied that many. If the leader that told it dies first, its timer runs out once
 * and is not set again: it follows the dead leader for ever, and when enough others do so too, the
 * cluster is without a leader though the entries are in the logs. After a while in which nothing is
 * heard the member stands all the same; whether it may win is for the votes to say.
 */
final class Liveness {
  private static final Logger log = LoggerFactory.getLogger(Liveness.class);

  /** From this count on Atomix backs off. */
  private static final int BACK_OFF_FAILURES = 5;

  private static final int PATIENCE_TIMEOUTS = 6;

  private final RaftContext context;
  private final HeardTimes heard;
  private final Predicate<String> inReach;
  private final BooleanSupplier mayStand;
  private final Silence silence;

  /**
   * @param mayStand whether this member may stand for election at all
   */
  Liveness(
      RaftContext context, HeardTimes heard, Predicate<String> inReach, BooleanSupplier mayStand) {
    this.mayStand = mayStand;
    this.context = context;
    this.heard = heard;
    this.inReach = inReach;
    Duration timeout = context.getElectionTimeout();
    this.silence = new Silence(timeout.multipliedBy(PATIENCE_TIMEOUTS), timeout, System.nanoTime());
  }

  void tick() {
    RaftServer.Role role = context.getRole();
    if (role == RaftServer.Role.LEADER) {
      forgive();
    }
    boolean heardOrNotFollowing = role != RaftServer.Role.FOLLOWER || leaderIsHeard();
    long now = System.nanoTime();
    if (silence.tooLong(heardOrNotFollowing, now) && barred() && mayStand.getAsBoolean()) {
      log.warn(
          "no leader, and this member may not stand before it has applied index {}: it stands now",
          context.getFirstCommitIndex());
      silence.beginAnew(now);
      context.transition(RaftServer.Role.CANDIDATE);
    }
  }

  private void forgive() {
    for (RaftMemberContext member : context.getCluster().getRemoteMemberStates()) {
      if (member.getFailureCount() >= BACK_OFF_FAILURES
          && inReach.test(member.getMember().memberId().id())) {
        member.resetFailureCount();
      }
    }
  }

  private boolean leaderIsHeard() {
    RaftMember leader = context.getLeader();
    return leader != null && heard.within(leader.memberId().id(), context.getElectionTimeout());
  }

  private boolean barred() {
    return context.getFirstCommitIndex() > 0 && context.getState() != RaftContext.State.READY;
  }
}
