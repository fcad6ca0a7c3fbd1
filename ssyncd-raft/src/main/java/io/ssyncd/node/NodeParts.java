package io.ssyncd.node;

import io.ssyncd.log.LogStatus;
import io.ssyncd.log.ReplicatedLog;
import io.ssyncd.log.Role;
import io.ssyncd.node.diff.TableDiffs;
import io.ssyncd.table.SessionTable;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The parts of a running node and their threads: {@code node} owns all state, {@code ingest} brings
 * changes to the log, {@code watch} asks the operating system; each with the member's name. Each
 * feed has a thread that writes its sink.
 */
final class NodeParts {
  /** A majority that is away for longer than so many election timeouts was lost. */
  private static final int ELECTIONS_WITHOUT_QUORUM = 4;

  private static final Duration RETRY_REFUSED = Duration.ofSeconds(30);
  private static final Duration LEAVE = Duration.ofSeconds(1);
  private static final Duration CLOSE = Duration.ofSeconds(10);
  private static final Logger log = LoggerFactory.getLogger(NodeParts.class);

  private final NodeConfig config;
  private final NodeTuning tuning;
  private final ReplicatedLog raft;
  private final SessionTable table;
  private final DataDirectory directory;

  private final NodeLoop loop;
  private final NodeLoop ingestThread;
  private final NodeLoop watch;

  private final TableLimits limits;
  private final Feeds feeds;
  private final Promotion promotion;
  private final LeaseKeeper lease;
  private final Traffic traffic;
  private final Announcer announcer;
  private final Members members;
  private final Digests digests;
  private final Snapshots snapshots;
  private final Transfers transfers;
  private final Claims claims;
  private final LoneService lone;
  private final ReignParts reigns;
  private final Commands commands;
  private final KnownFarms farms;
  private final LocalClears clears;
  private final Freshness freshness;
  private final OperatorWrites writes;
  private final FollowerTraffic followerTraffic = new FollowerTraffic();
  private final StatusView status;
  private final Changes changes;
  private final FollowerWrites followerWrites;
  private final TableDiffs diffs;

  private volatile @Nullable Warning halt;
  private String standing = "";
  private boolean closing;

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
    this.loop = new NodeLoop("ssyncd-node-" + config.name());
    this.ingestThread = new NodeLoop("ssyncd-ingest-" + config.name());
    this.watch = new NodeLoop("ssyncd-watch-" + config.name());
    this.limits = new TableLimits(config.limits(), table);
    this.feeds =
        new Feeds(
            config.witness() ? List.of() : config.feeds(), table, loop, endpoints, new FeedNews());
    this.traffic = new Traffic(config, host, watch, () -> loop.execute(this::trafficMoved));
    this.members = new Members(raft, config.name(), tuning.noticeAge(), addressFollows(config));
    raft.preferHeirs(members.merit());
    this.digests = new Digests(raft, table, members, loop, tuning, config.digestEvery());
    this.snapshots = new Snapshots(config, tuning, raft, table);
    this.transfers =
        new Transfers(tuning, config.promotion().following().holdDown(), loop, raft, members);
    this.claims = new Claims(config, tuning, transfers);
    this.lone = new LoneService(config, tuning, loop, transfers, this::writeAlone, this::vip);
    this.reigns =
        new ReignParts(config, tuning, loop, ingestThread, raft, table, limits, feeds, transfers);
    this.promotion = new Promotion(config, tuning, loop, raft, table, reigns, this::stateChanged);
    this.announcer =
        new Announcer(
            config,
            raft,
            watch,
            promotion::view,
            feeds,
            traffic.vip(),
            digests,
            members,
            lone::owes);
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
    this.followerWrites =
        new FollowerWrites(
            config, tuning, table, feeds, loop, clears::isReady, () -> vip().holds());
    this.freshness = new Freshness(directory);
    this.writes =
        new OperatorWrites(
            config,
            tuning,
            raft,
            table,
            feeds,
            freshness,
            promotion::reign,
            () -> loop.execute(announcer::lastKnownWritten));
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
                () -> halt),
            audience.beside());
  }

  StatusView status() {
    return status;
  }

  OperatorWrites writes() {
    return writes;
  }

  Commands commands() {
    return commands;
  }

  KnownFarms farms() {
    return farms;
  }

  LocalClears clears() {
    return clears;
  }

  Transfers transfers() {
    return transfers;
  }

  TableDiffs diffs() {
    return diffs;
  }

  Feeds feeds() {
    return feeds;
  }

  FollowerWrites followerWrites() {
    return followerWrites;
  }

  Snapshots snapshots() {
    return snapshots;
  }

  Digests digests() {
    return digests;
  }

  IngestCounters ingested() {
    return reigns.ingested();
  }

  /** Before the log is started: hears of everything from its first entry on. */
  void begin() {
    table.onApplied(new TableNews(loop, this::tableChanged));
    table.onApplied(clears);
    table.onApplied(followerWrites);
    table.onApplied(diffs.listener());
    diffs.begin();
    traffic.begin();
    announcer.begin(tuning.trackEvery());
    loop.execute(changes::look);
  }

  /** The log is open. */
  void joined() {
    if (!config.witness()) {
      loop.execute(feeds::reconcile);
      clears.begin();
      loop.every(RETRY_REFUSED, feeds::retryRefused);
    }
    Duration tick = config.log().electionTimeout().dividedBy(5);
    loop.every(tick, this::tick);
    loop.every(tuning.noticeEvery(), this::compareMembers);
    watch.every(tuning.vipPoll(), this::look);
  }

  /** From the log's thread: what must stop stops at once, the rest follows on the node's. */
  void roleChanged(Role role, long term) {
    promotion.fence(role, term);
    followerWrites.fence(role);
    loop.execute(
        () -> {
          log.info("{} in term {}", role, term);
          promotion.role(role, term);
          tick();
        });
  }

  void halted(String reason) {
    halt = WarningCode.HALTED.with(reason);
    promotion.fence(Role.INACTIVE, 0);
    followerWrites.fence(Role.INACTIVE);
    loop.execute(
        () -> {
          log.error("the log has halted: {}", reason);
          promotion.role(Role.INACTIVE, 0);
        });
  }

  // ---- the node's thread ----

  private void tick() {
    LogStatus now = raft.status();
    lease.tick(now, promotion.reign());
    promotion.tick(now, vip().here());
    if (config.witness()) {
      transfers.tickWitness(promotion.leads());
    } else {
      Hearing hearing = feeds.hearing();
      transfers.tickVip(leadsAway(), hearing);
      transfers.tickDeaf(promotion.leads(), hearing);
      if (!closing) {
        claims.tick(now, vip().holds());
        lone.tick(now, promotion.view(), announcer.wrote(), this::committed);
      }
    }
    LeaderFeeds leading = promotion.feeds();
    if (leading != null) {
      leading.resyncRefused(limits);
    }
    freshness.note(now, table.appliedIndex());
    followerWrites.tick(now, promotion.view().state());
    changes.tick(now);
    announcer.updateTrack();
  }

  /** Unless leadership follows it, the address comes to the leader, as far as this node knows. */
  private static boolean addressFollows(NodeConfig config) {
    return !config.promotion().following().leadership();
  }

  private VipWatch vip() {
    return traffic.vip();
  }

  private CompletableFuture<Void> committed() {
    LeaderFeeds leading = promotion.feeds();
    return leading == null ? new CompletableFuture<>() : leading.committed();
  }

  private CompletableFuture<WriteReport> writeAlone(WriteRequest request) {
    return writes.write(request);
  }

  private NodeStatus.AddressStatus address() {
    Readiness.Told track = announcer.track();
    return new NodeStatus.AddressStatus(
        track == null ? null : track.value(),
        track == null ? null : track.why(),
        vip().word(),
        traffic.instances(),
        claims.moves(),
        traffic.lines(),
        traffic.malformed());
  }

  /** Leads, is done with its sinks as far as that goes, and traffic does not come here. */
  private boolean leadsAway() {
    Promotion.View view = promotion.view();
    long age = System.nanoTime() - view.electedNanos();
    return view.leads()
        && !vip().here()
        && (view.verified() || age >= config.promotion().deadline().toNanos());
  }

  private void compareMembers() {
    members.sample(raft.status());
    tellStanding();
    followerTraffic.tick(promotion.leads(), feeds.all());
    announcer.publish();
    digests.tick(promotion.leads());
    diffs.tick();
  }

  /** Once each time that it changes; the status says it all the time. */
  private void tellStanding() {
    String now =
        Stream.concat(
                Optional.ofNullable(raft.outside()).stream(),
                MemberDifferences.warning(config.log(), raft.members()).map(Warning::text).stream())
            .collect(Collectors.joining("; "));
    if (!now.equals(standing)) {
      standing = now;
      log.warn("{}", now.isEmpty() ? "the members are those of the configuration file" : now);
    }
  }

  private void trafficMoved() {
    tick();
    announcer.publish();
  }

  private void stateChanged() {
    changes.look();
    announcer.updateTrack();
    announcer.publish();
  }

  /** By an OPEN, a command or a snapshot. */
  private void tableChanged() {
    promotion.tableChanged();
    if (!config.witness()) {
      feeds.reconcile();
    }
  }

  // ---- the watch thread ----

  private void look() {
    traffic.look();
    freshness.keep();
  }

  // ---- the end ----

  /** Silences the sources and waits until what they have said is committed. */
  void quiet() {
    CompletableFuture<Void> committed = new CompletableFuture<>();
    loop.execute(
        () -> {
          closing = true;
          promotion.quiet();
          LeaderFeeds leading = promotion.feeds();
          if (leading == null) {
            committed.complete(null);
          } else {
            var unused = leading.committed().whenComplete((d, e) -> committed.complete(null));
          }
        });
    if (!await(committed, LEAVE)) {
      log.warn("not everything that the sources have said is known to be committed");
    }
    CompletableFuture<Void> ended = new CompletableFuture<>();
    loop.execute(
        () -> {
          promotion.close();
          ended.complete(null);
        });
    boolean unused = await(ended, LEAVE);
  }

  /** Closes everything but the log. */
  void end() {
    commands.close();
    writes.close();
    diffs.close();
    CompletableFuture<Void> feedsClosed = new CompletableFuture<>();
    loop.execute(
        () -> {
          promotion.close();
          var unused = feeds.closeAll().whenComplete((d, e) -> feedsClosed.complete(null));
        });
    if (!await(feedsClosed, CLOSE)) {
      log.warn("not all feeds could be closed in order");
    }
    loop.close();
    ingestThread.close();
    watch.close();
    traffic.close();
    announcer.close();
    directory.close();
  }

  private static boolean await(CompletableFuture<Void> done, Duration most) {
    try {
      done.get(most.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (ExecutionException | TimeoutException e) {
      return false;
    }
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
