package io.ssyncd.node;

import io.ssyncd.log.LogMember;
import io.ssyncd.log.LogStatus;
import io.ssyncd.log.ReplicatedLog;
import io.ssyncd.log.Role;
import io.ssyncd.session.Feed;
import io.ssyncd.session.Kind;
import io.ssyncd.table.SessionTable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Puts a {@link NodeStatus} together. Waits for nothing; from any thread. */
final class StatusView {
  private final NodeConfig config;
  private final ReplicatedLog raft;
  private final SessionTable table;
  private final Promotion promotion;
  private final Feeds feeds;
  private final Members members;
  private final Digests digests;
  private final TableLimits limits;
  private final Supplier<NodeStatus.AddressStatus> address;
  private final Traffic traffic;
  private final List<Supplier<@Nullable Warning>> watches;
  private final List<StatusPart> beside;
  private final Instant since = Instant.now();

  /**
   * @param address how this node and the address find together
   * @param watches what else may have a warning
   * @param beside what works beside the node
   */
  StatusView(
      NodeConfig config,
      ReplicatedLog raft,
      SessionTable table,
      Promotion promotion,
      Feeds feeds,
      Members members,
      Digests digests,
      TableLimits limits,
      Supplier<NodeStatus.AddressStatus> address,
      Traffic traffic,
      List<Supplier<@Nullable Warning>> watches,
      List<StatusPart> beside) {
    this.config = config;
    this.raft = raft;
    this.table = table;
    this.promotion = promotion;
    this.feeds = feeds;
    this.members = members;
    this.digests = digests;
    this.limits = limits;
    this.address = address;
    this.traffic = traffic;
    this.watches = watches;
    this.beside = beside;
  }

  NodeStatus now() {
    LogStatus log = raft.status();
    PromotionState.View view = promotion.view();
    List<NodeStatus.MemberStatus> all = members.status(log, view.state());
    DigestReport compared = digests.now();
    return new NodeStatus(
        config.name(),
        role(log),
        view.state(),
        view.since(),
        log.leader(),
        log.term(),
        table.epoch(),
        log.quorum(),
        log.quorum() && Members.inSync(all) && !compared.differs(),
        log.commitIndex(),
        log.appliedIndex(),
        table.digest(),
        compared,
        all,
        address.get(),
        table.counts(),
        feedStatus(),
        queues(),
        warnings(log, view, all, compared));
  }

  private String role(LogStatus log) {
    boolean witness = config.witness();
    return Members.role(
        new LogMember(config.name(), "", witness, true, log.role(), true, null, null));
  }

  /** Live feeds, and those that the configuration names but an operator stopped. */
  private List<NodeStatus.FeedStatus> feedStatus() {
    List<NodeStatus.FeedStatus> all = new ArrayList<>();
    SortedSet<Feed> stopped = new TreeSet<>(config.feeds());
    for (LocalFeed local : feeds.all()) {
      all.add(local.status());
      stopped.remove(local.feed());
    }
    stopped.retainAll(table.stoppedFeeds());
    for (Feed feed : stopped) {
      all.add(
          new NodeStatus.FeedStatus(
              feed,
              false,
              false,
              false,
              0,
              0,
              0,
              List.of(),
              new NodeStatus.SinkStatus(
                  SinkState.IDLE.name(), since, null, List.of(), null, 0, 0)));
    }
    return all;
  }

  private List<NodeStatus.QueueStatus> queues() {
    List<NodeStatus.QueueStatus> all = new ArrayList<>();
    for (LocalFeed local : feeds.all()) {
      FeedCounters counters = local.counters();
      all.add(
          new NodeStatus.QueueStatus(
              "intake " + local.feed(),
              counters.depth(),
              FeedIntake.MAX_KEYS,
              counters.overflows()));
      Endpoint endpoint = local.endpoint();
      if (endpoint != null) {
        all.addAll(endpoint.queues());
      }
    }
    for (Kind kind : Kind.values()) {
      all.add(
          new NodeStatus.QueueStatus(
              "table " + kind.word(), table.count(kind), limits.most(kind), limits.dropped(kind)));
    }
    beside.forEach(part -> all.addAll(part.queues()));
    return all;
  }

  private List<Warning> warnings(
      LogStatus log,
      PromotionState.View view,
      List<NodeStatus.MemberStatus> all,
      DigestReport compared) {
    List<Warning> warnings = new ArrayList<>(config.warnings());
    twoNodes(warnings);
    String outside = raft.outside();
    if (outside != null) {
      warnings.add(WarningCode.NOT_A_MEMBER.with(outside));
    }
    MemberDifferences.warning(config.log(), raft.members()).ifPresent(warnings::add);
    if (!log.quorum() && log.role() != Role.INACTIVE) {
      warnings.add(
          WarningCode.NO_QUORUM.with(
              "no majority is in reach: nothing is committed; ssyncdctl write all --last-known"
                  + " writes what this node holds"));
    }
    raft.warnings().forEach(each -> warnings.add(new Warning(each.code(), each.text())));
    late(view, warnings);
    warnings.addAll(members.warnings(all));
    Warning differ = Digests.warning(compared);
    if (differ != null) {
      warnings.add(differ);
    }
    for (Kind kind : Kind.values()) {
      if (limits.full(kind)) {
        warnings.add(
            WarningCode.TABLE_FULL.with(
                "the bound of "
                    + limits.most(kind)
                    + " "
                    + kind.word()
                    + " records is reached; "
                    + limits.dropped(kind)
                    + " new ones were not kept"));
      }
    }
    feeds.all().forEach(local -> warnings.addAll(local.warnings()));
    traffic.warnings().forEach(warnings::add);
    Stream.concat(Stream.of(feeds::warning), watches.stream())
        .map(Supplier::get)
        .filter(java.util.Objects::nonNull)
        .forEach(warnings::add);
    beside.forEach(part -> warnings.addAll(part.warnings()));
    return List.copyOf(warnings);
  }

  private void twoNodes(List<Warning> warnings) {
    String code = WarningCode.TWO_NODES.word();
    if (raft.members().stream().filter(LogMember::voter).count() == 2
        && warnings.stream().noneMatch(warning -> warning.code().equals(code))) {
      warnings.add(
          WarningCode.TWO_NODES.with(
              "two nodes: when one is gone nothing is committed; a witness on a third host cures"
                  + " that"));
    }
  }

  private void late(PromotionState.View view, List<Warning> warnings) {
    boolean promoting = view.leads() && !view.verified() && !config.witness();
    long age = System.nanoTime() - view.electedNanos();
    if (promoting && age >= config.promotion().deadline().toNanos()) {
      warnings.add(
          WarningCode.PROMOTION_LATE.with(
              "this node leads since "
                  + age / 1_000_000_000
                  + " s, but not all its sinks could be written; the others are served"));
    }
  }
}
