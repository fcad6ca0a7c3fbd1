package io.ssyncd.log.atomix;

import io.ssyncd.log.ClockOffset;
import io.ssyncd.log.LogConfig;
import io.ssyncd.log.LogMember;
import io.ssyncd.log.LogStatus;
import io.ssyncd.log.Role;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Who the members are, who of them answers, and how far this one is. From any thread. */
final class Census {
  /** For so many election timeouts an answer counts. */
  private static final int QUORUM_TIMEOUTS = 2;

  private final LogConfig config;
  private final Membership membership;
  private final Embedding embedding;
  private final Peers peers;
  private final HeardTimes heard;
  private final AppliedIndex applied;

  Census(
      LogConfig config,
      Membership membership,
      Embedding embedding,
      Peers peers,
      HeardTimes heard,
      AppliedIndex applied) {
    this.config = config;
    this.membership = membership;
    this.embedding = embedding;
    this.peers = peers;
    this.heard = heard;
    this.applied = applied;
  }

  /** See {@link io.ssyncd.log.ReplicatedLog#status}. */
  LogStatus status() {
    View view = embedding.view();
    long appliedIndex = embedding.appliedIndex(applied.get());
    return new LogStatus(
        view.role(),
        view.leader(),
        view.term(),
        Math.max(appliedIndex, embedding.commitIndex()),
        appliedIndex,
        quorum(view));
  }

  private boolean quorum(View view) {
    Duration window = config.electionTimeout().multipliedBy(QUORUM_TIMEOUTS);
    String leader = view.leader();
    if (leader == null) {
      return false;
    }
    if (view.role() != Role.LEADER) {
      return heard.within(leader, window);
    }
    return heard.majorityWithin(embedding.voters(), config.member(), window);
  }

  /** See {@link io.ssyncd.log.ReplicatedLog#members}. */
  List<LogMember> members() {
    View view = embedding.view();
    List<String> voters = embedding.voters();
    Map<String, LogConfig.MemberAddress> known =
        membership.inside() ? membership.roster().members() : config.members();
    List<LogMember> members = new ArrayList<>();
    // Who has no place in its cluster yet does not know who votes: those that it was told of.
    boolean told = voters.isEmpty();
    known.forEach(
        (name, where) -> members.add(member(name, where, told || voters.contains(name), view)));
    return members;
  }

  private LogMember member(String name, LogConfig.MemberAddress where, boolean voter, View view) {
    boolean self = name.equals(config.member());
    Peer peer = peers.peer(name);
    Role others = name.equals(view.leader()) ? Role.LEADER : Role.FOLLOWER;
    return new LogMember(
        name,
        where.text(),
        where.witness(),
        voter,
        self ? view.role() : others,
        self || peers.reachable(name),
        self ? ClockOffset.NONE : peers.clockOffset(name),
        self ? peers.ownNotice() : peer == null ? null : peer.notice());
  }
}
