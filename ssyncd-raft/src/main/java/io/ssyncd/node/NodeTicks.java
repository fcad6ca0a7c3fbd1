package io.ssyncd.node;

import io.ssyncd.log.LogStatus;
import io.ssyncd.log.Role;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the parts of a node going: what is done again and again, and what follows at once when the
 * log, the table or the address has news.
 */
final class NodeTicks {
  private static final Duration RETRY_REFUSED = Duration.ofSeconds(30);
  private static final Logger log = LoggerFactory.getLogger(NodeTicks.class);

  private final NodeParts parts;
  private volatile @Nullable Warning halt;
  private String standing = "";
  private boolean closing;

  NodeTicks(NodeParts parts) {
    this.parts = parts;
  }

  /** Before the log is started: hears of everything from its first entry on. */
  void begin() {
    parts.table.onApplied(new TableNews(parts.threads.node(), this::tableChanged));
    parts.table.onApplied(parts.clears);
    parts.table.onApplied(parts.purgedFiles);
    parts.table.onApplied(parts.followerWrites.followed());
    parts.table.onApplied(parts.diffs.listener());
    parts.diffs.begin();
    parts.traffic.begin();
    parts.announcer.begin(parts.tuning.trackEvery());
    parts.threads.node().execute(parts.changes::look);
  }

  /** The log is open. */
  void joined() {
    NodeLoop loop = parts.threads.node();
    if (!parts.config.witness()) {
      loop.execute(parts.feeds::reconcile);
      parts.clears.begin();
      loop.every(RETRY_REFUSED, parts.feeds::retryRefused);
    }
    Duration tick = parts.config.log().electionTimeout().dividedBy(5);
    loop.every(tick, this::tick);
    loop.every(parts.tuning.noticeEvery(), this::compareMembers);
    parts.threads.watch().every(parts.tuning.vipPoll(), parts.traffic::look);
    parts.threads.keep().every(parts.tuning.vipPoll(), parts.freshness::keep);
  }

  /** From the log's thread: what must stop stops at once, the rest follows on the node's. */
  void roleChanged(Role role, long term) {
    parts.promotion.fence(role, term);
    parts.followerWrites.fence(role);
    parts
        .threads
        .node()
        .execute(
            () -> {
              log.info("{} in term {}", role, term);
              parts.promotion.role(role, term);
              tick();
            });
  }

  void halted(String reason) {
    halt = WarningCode.HALTED.with(reason);
    parts.promotion.fence(Role.INACTIVE, 0);
    parts.followerWrites.fence(Role.INACTIVE);
    parts
        .threads
        .node()
        .execute(
            () -> {
              log.error("the log has halted: {}", reason);
              parts.promotion.role(Role.INACTIVE, 0);
            });
  }

  /** That the log has halted, and why; null if it has not. From any thread. */
  @Nullable Warning halt() {
    return halt;
  }

  // ---- the node's thread ----

  /** The node is about to end: leadership is not asked for any more. */
  void closing() {
    closing = true;
  }

  /** The address came or went. */
  void trafficMoved() {
    tick();
    parts.announcer.publish();
  }

  /** The promotion made a step. */
  void stateChanged() {
    parts.changes.look();
    lookAtLeader(parts.raft.status());
    parts.announcer.updateTrack();
    parts.announcer.publish();
  }

  /** By an OPEN, a command or a snapshot. */
  private void tableChanged() {
    parts.promotion.tableChanged();
    if (!parts.config.witness()) {
      parts.feeds.reconcile();
    }
  }

  private void tick() {
    LogStatus now = parts.raft.status();
    VipWatch vip = parts.traffic.vip();
    Promotion promotion = parts.promotion;
    parts.lease.tick(now, promotion.reign());
    promotion.tick(now, vip.here());
    if (parts.config.witness()) {
      parts.transfers.tickWitness(promotion.leads());
    } else {
      Hearing hearing = parts.feeds.hearing();
      parts.transfers.tickVip(leadsAway(), hearing);
      parts.transfers.tickDeaf(promotion.leads(), hearing);
      if (!closing) {
        parts.claims.tick(now, vip.holds());
        parts.lone.tick(now, promotion.view(), parts.announcer.wrote(), this::committed);
      }
    }
    LeaderFeeds leading = promotion.feeds();
    if (leading != null) {
      leading.resyncRefused(parts.limits);
    }
    parts.freshness.note(now, parts.table.appliedIndex());
    parts.followerWrites.tick(now, promotion.view().state());
    parts.changes.tick(now);
    lookAtLeader(now);
    parts.announcer.updateTrack();
  }

  private void lookAtLeader(LogStatus now) {
    parts.leaders.look(
        now,
        leader ->
            leader.equals(parts.config.name())
                ? parts.promotion.view().state()
                : parts.members.state(leader));
  }

  private CompletableFuture<Void> committed() {
    LeaderFeeds leading = parts.promotion.feeds();
    return leading == null ? new CompletableFuture<>() : leading.committed();
  }

  /** Leads, is done with its sinks as far as that goes, and traffic does not come here. */
  private boolean leadsAway() {
    PromotionState.View view = parts.promotion.view();
    long age = System.nanoTime() - view.electedNanos();
    return view.leads()
        && !parts.traffic.vip().here()
        && (view.verified() || age >= parts.config.promotion().deadline().toNanos());
  }

  private void compareMembers() {
    parts.members.sample(parts.raft.status());
    parts.recordsClock.look(parts.members.known(), parts.config.name());
    tellStanding();
    boolean leads = parts.promotion.leads();
    parts.followerTraffic.tick(leads, parts.feeds.all());
    parts.announcer.publish();
    parts.digests.tick(leads);
    parts.diffs.tick();
  }

  /** Once each time that it changes; the status says it all the time. */
  private void tellStanding() {
    String now =
        Stream.concat(
                Optional.ofNullable(parts.raft.outside()).stream(),
                MemberDifferences.warning(parts.config.log(), parts.raft.members())
                    .map(Warning::text)
                    .stream())
            .collect(Collectors.joining("; "));
    if (!now.equals(standing)) {
      standing = now;
      log.warn("{}", now.isEmpty() ? "the members are those of the configuration file" : now);
    }
  }
}
