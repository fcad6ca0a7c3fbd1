package io.ssyncd.node;

import io.ssyncd.log.ReplicatedLog;
import io.ssyncd.node.diff.TableDiffs;
import io.ssyncd.node.history.Histories;
import io.ssyncd.table.SessionTable;
import io.ssyncd.table.TableView;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a node, put together. {@link NodeTicks} keeps them going, {@link NodeEnd} takes them
 * apart.
 */
final class NodeParts {
  /** A majority that is away for longer than so many election timeouts was lost. */
  private static final int ELECTIONS_WITHOUT_QUORUM = 4;

  final NodeConfig config;
  final NodeTuning tuning;
  final ReplicatedLog raft;
  final SessionTable table;
  final DataDirectory directory;
  final NodeThreads threads;
  final TableLimits limits;
  final Feeds feeds;
  final Promotion promotion;
  final LeaseKeeper lease;
  final Traffic traffic;
  final Announcer announcer;
  final Members members;
  final Digests digests;
  final Snapshots snapshots;
  final Transfers transfers;
  final Claims claims;
  final LoneService lone;
  final ReignParts reigns;
  final Imports imports;
  final Commands commands;
  final KnownFarms farms;
  final LocalClears clears;
  final PurgedFiles purgedFiles;
  final Purges purges;
  final Freshness freshness;
  final OperatorWrites writes;
  final FollowerTraffic followerTraffic = new FollowerTraffic();
  final StatusView status;
  final Changes changes;
  final FollowerWrites followerWrites;
  final TableDiffs diffs;
  final RecordsClock recordsClock;
  final LeaderChanges leaders;
  final Histories histories;
  final NodeTicks ticks;

  /**
   * Who is told of the node, and what is shown beside it.
   *
   * @param listeners hear of changes
   * @param beside has warnings and queues of its own
   */
  record Audience(List<NodeChange.Listener> listeners, List<StatusPart> beside) {}

  NodeParts(
      NodeConfig config,
      NodeTuning tuning,
      ReplicatedLog raft,
      SessionTable table,
      List<EndpointFactory> endpoints,
      VipWatch.Host host,
      DataDirectory directory,
      Audience audience) {
    this.config = config;
    this.tuning = tuning;
    this.raft = raft;
    this.table = table;
    this.directory = directory;
    this.threads = NodeThreads.of(config.name());
    NodeLoop loop = threads.node();
    this.limits = new TableLimits(config.limits(), table);
    this.feeds =
        new Feeds(
            config.witness() ? List.of() : config.feeds(), table, loop, endpoints, new FeedNews());
    this.traffic =
        new Traffic(config, host, threads.watch(), () -> loop.execute(this::trafficMoved));
    this.members =
        new Members(
            raft, config.name(), tuning.noticeAge(), addressFollows(config), config.clockLimit());
    this.recordsClock = new RecordsClock(HostClock.system(), this::recordsMoved);
    TableView toWrite = new RecordsInOwnTime(table, recordsClock::aheadMs);
    raft.preferHeirs(members.merit());
    this.purgedFiles = new PurgedFiles(raft);
    this.purges = new Purges(config, tuning, raft, table, members, purgedFiles);
    this.digests = new Digests(raft, table, members, loop, tuning, config.digestEvery());
    this.snapshots = new Snapshots(config, tuning, raft, table);
    this.transfers =
        new Transfers(tuning, config.promotion().following().holdDown(), loop, raft, members);
    this.claims = new Claims(config, tuning, transfers);
    this.reigns =
        new ReignParts(
            config,
            tuning,
            loop,
            threads.ingest(),
            raft,
            table,
            limits,
            feeds,
            transfers,
            recordsClock);
    this.promotion = new Promotion(config, tuning, loop, raft, table, reigns, this::stateChanged);
    this.imports = new Imports(config.name(), loop, promotion, raft, table);
    this.freshness = new Freshness(directory);
    this.writes =
        new OperatorWrites(
            config,
            tuning,
            raft,
            toWrite,
            feeds,
            freshness,
            promotion::reign,
            () -> loop.execute(this::lastKnownWritten));
    this.lone =
        new LoneService(config, tuning, loop, transfers, feeds::all, writes::write, traffic::vip);
    this.announcer =
        new Announcer(
            config,
            raft,
            threads.track(),
            promotion::view,
            feeds,
            traffic.vip(),
            digests,
            members,
            lone::owes,
            purgedFiles);
    this.changes =
        new Changes(
            raft,
            promotion::view,
            config.log().electionTimeout().multipliedBy(ELECTIONS_WITHOUT_QUORUM),
            audience.listeners());
    this.lease = new LeaseKeeper(raft, loop, config.log().electionTimeout());
    this.commands = new Commands(raft, table, loop, tuning);
    this.farms = new KnownFarms(config, raft, table);
    this.clears = new LocalClears(raft, feeds, loop);
    this.diffs = new TableDiffs(raft, table, config.name());
    this.leaders = new LeaderChanges(tuning.noticeAge());
    this.histories = new Histories(raft);
    this.followerWrites =
        new FollowerWrites(config, tuning, toWrite, feeds, loop, clears::isReady, traffic::vip);
    this.status =
        new StatusView(
            config,
            raft,
            table,
            promotion,
            feeds,
            members,
            digests,
            limits,
            this::address,
            traffic,
            Arrays.asList(
                claims::warning,
                lone::warning,
                transfers::warning,
                transfers::deafWarning,
                followerTraffic::warning,
                followerWrites::warning,
                announcer::warning,
                snapshots::warning,
                clears::warning,
                directory::warning,
                this::halt),
            audience.beside());
    this.ticks = new NodeTicks(this);
  }

  /** Unless leadership follows it, the address comes to the leader, as far as this node knows. */
  private static boolean addressFollows(NodeConfig config) {
    return !config.promotion().following().leadership();
  }

  // ---- what a part tells of one that is made after it ----

  private void trafficMoved() {
    ticks.trafficMoved();
  }

  private void stateChanged() {
    ticks.stateChanged();
  }

  private void lastKnownWritten() {
    announcer.lastKnownWritten();
  }

  /** What followers wrote has other ages than it seemed. */
  private void recordsMoved() {
    followerWrites.followed().all().forEach(each -> each.changed(Set.of()));
  }

  private @Nullable Warning halt() {
    return ticks.halt();
  }

  private NodeStatus.AddressStatus address() {
    Readiness.Told track = announcer.track();
    return new NodeStatus.AddressStatus(
        track == null ? null : track.value(),
        track == null ? null : track.why(),
        traffic.vip().word(),
        traffic.instances(),
        claims.moves(),
        traffic.lines(),
        traffic.malformed());
  }

  /** Feeds come and go while this node leads. */
  private final class FeedNews implements Feeds.Listener {
    @Override
    public void opened(LocalFeed feed) {
      LeaderFeeds leading = promotion.feeds();
      if (leading != null) {
        leading.add(feed);
        promotion.advance();
      }
    }

    @Override
    public void closing(LocalFeed feed) {
      LeaderFeeds leading = promotion.feeds();
      if (leading != null) {
        leading.remove(feed.feed());
        promotion.advance();
      }
    }
  }
}
