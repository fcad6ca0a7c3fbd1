package io.ssyncd.node;

import io.ssyncd.log.Entry;
import io.ssyncd.log.LogStatus;
import io.ssyncd.log.Outcome;
import io.ssyncd.log.ReplicatedLog;
import io.ssyncd.log.Role;
import io.ssyncd.session.Kind;
import io.ssyncd.table.SessionTable;
import io.ssyncd.table.TableListener;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The parts of a running node and their threads: {@code node} owns all state, {@code ingest} brings
 * changes to the log, {@code watch} asks the operating system; each with the member's name. Each
 * feed has a thread that writes its sink.
 */
final class NodeParts {
  private static final Duration RETRY_REFUSED = Duration.ofSeconds(30);
  private static final Duration LEAVE = Duration.ofSeconds(1);
  private static final Duration CLOSE = Duration.ofSeconds(10);
  private static final Logger log = LoggerFactory.getLogger(NodeParts.class);

  private final NodeConfig config;
  private final NodeTuning tuning;
  private final ReplicatedLog raft;
  private final SessionTable table;
  private final DataDirectory directory;
  private final long startedMs = System.currentTimeMillis();

  private final NodeLoop loop;
  private final NodeLoop ingestThread;
  private final NodeLoop watch;

  private final TableLimits limits;
  private final IngestCounters ingested = new IngestCounters();
  private final Feeds feeds;
  private final Promotion promotion;
  private final LeaseKeeper lease;
  private final VipWatch vip;
  private final @Nullable TrackFile track;
  private final Readiness readiness;
  private final Members members;
  private final Transfers transfers;
  private final Commands commands;
  private final Freshness freshness;
  private final OperatorWrites writes;
  private final FollowerTraffic followerTraffic = new FollowerTraffic();
  private final StatusView status;

  private final AtomicBoolean tableNews = new AtomicBoolean();
  private volatile int trackValue;
  private volatile @Nullable Warning halt;
  private byte[] published = new byte[0];

  NodeParts(
      NodeConfig config,
      NodeTuning tuning,
      ReplicatedLog raft,
      SessionTable table,
      List<EndpointFactory> endpoints,
      VipWatch.Host host,
      DataDirectory directory) {
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
    this.vip = new VipWatch(config.promotion().vip(), host);
    this.track = config.promotion().trackFile().map(TrackFile::new).orElse(null);
    this.readiness = new Readiness(config);
    this.members = new Members(raft, config.name(), tuning.noticeAge(), addressFollows(config));
    this.transfers = new Transfers(config, tuning, loop, raft, members);
    this.promotion =
        new Promotion(config, tuning, loop, raft, table, new ReignParts(), this::stateChanged);
    this.lease = new LeaseKeeper(raft, loop, config.log().electionTimeout());
    this.commands = new Commands(raft, table, loop, tuning);
    this.freshness = new Freshness(directory);
    this.writes =
        new OperatorWrites(
            config,
            tuning,
            raft,
            table,
            feeds,
            freshness,
            () ->
                loop.execute(
                    () -> {
                      readiness.lastKnownWritten();
                      updateTrack();
                    }));
    this.status =
        new StatusView(
            config,
            raft,
            table,
            promotion,
            feeds,
            members,
            limits,
            Arrays.asList(
                vip::warning,
                transfers::warning,
                transfers::deafWarning,
                followerTraffic::warning,
                () -> track == null ? null : track.warning(),
                () -> halt));
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

  Transfers transfers() {
    return transfers;
  }

  IngestCounters ingested() {
    return ingested;
  }

  /** Before the log is started: hears of everything from its first entry on. */
  void begin() {
    table.onApplied(new TableNews());
    boolean unused = vip.look();
    if (track != null) {
      updateTrack();
      watch.every(tuning.trackEvery(), () -> track.write(trackValue));
    }
  }

  /** The log is open. */
  void joined() {
    if (!config.witness()) {
      loop.execute(feeds::reconcile);
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
    promotion.tick(now, vip.here());
    if (config.witness()) {
      transfers.tickWitness(promotion.leads());
    } else {
      Hearing hearing = hearing();
      transfers.tickVip(leadsAway(), hearing);
      transfers.tickDeaf(promotion.leads(), hearing);
    }
    LeaderFeeds leading = promotion.feeds();
    if (leading != null) {
      leading.resyncRefused(limits);
    }
    freshness.note(now);
    updateTrack();
  }

  /**
   * Without a VIP nobody here knows where traffic goes; a track file draws the VIP to the leader.
   */
  private static boolean addressFollows(NodeConfig config) {
    return config.promotion().vip().isEmpty() || config.promotion().trackFile().isPresent();
  }

  /** Which farms this host hears. */
  private Hearing hearing() {
    return Hearing.of(
        feeds.all().stream().filter(local -> local.feed().kind() == Kind.HTTP).toList());
  }

  /** Leads, is done with its sinks as far as that goes, and traffic does not come here. */
  private boolean leadsAway() {
    Promotion.View view = promotion.view();
    long age = System.nanoTime() - view.electedNanos();
    return view.leads()
        && !vip.here()
        && (view.verified() || age >= config.promotion().deadline().toNanos());
  }

  private void compareMembers() {
    members.sample(raft.status());
    followerTraffic.tick(promotion.leads(), feeds.all());
    publish();
  }

  private void stateChanged() {
    updateTrack();
    publish();
  }

  private void publish() {
    SortedMap<String, String> configurations = new TreeMap<>();
    for (LocalFeed local : feeds.all()) {
      Endpoint endpoint = local.endpoint();
      if (endpoint != null && local.feed().kind() == Kind.HTTP) {
        endpoint
            .configurationDigest()
            .ifPresent(digest -> configurations.put(local.feed().name(), digest));
      }
    }
    byte[] notice =
        NoticeCodec.encode(
            new Notice(
                raft.status().appliedIndex(),
                promotion.view().state(),
                vip.holds(),
                startedMs,
                hearing(),
                configurations));
    if (!Arrays.equals(notice, published)) {
      published = notice;
      raft.publish(notice);
    }
  }

  private void updateTrack() {
    TrackFile file = track;
    if (file == null) {
      return;
    }
    int value = readiness.value(promotion.view(), raft.status(), System.nanoTime());
    if (value != trackValue) {
      log.info("track file: {}", value);
      trackValue = value;
      watch.execute(() -> file.write(trackValue));
    }
  }

  // ---- the watch thread ----

  private void look() {
    if (vip.look()) {
      loop.execute(
          () -> {
            tick();
            publish();
          });
    }
    freshness.keep();
  }

  // ---- the end ----

  /** Silences the sources and waits until what they have said is committed. */
  void quiet() {
    CompletableFuture<Void> committed = new CompletableFuture<>();
    loop.execute(
        () -> {
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
    if (track != null) {
      track.close();
    }
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

  /** What a reign is made of. */
  private final class ReignParts implements Promotion.Parts {
    @Override
    public LeaderFeeds feeds(Reign reign) {
      feeds.reconcile();
      Ingest ingest =
          new Ingest(
              reign,
              config.name(),
              raft,
              table,
              limits,
              ingestThread,
              tuning,
              ingested,
              why -> loop.execute(() -> promotion.broken(reign, why)),
              intake -> loop.execute(() -> resync(intake)));
      return new LeaderFeeds(
          config.promotion().write(),
          config.promotion().deadline(),
          ingest,
          local -> {
            Endpoint endpoint = local.endpoint();
            return endpoint == null
                ? null
                : new LeaderFeed(
                    local, endpoint, reign, ingest, loop, tuning, table, promotion::advance);
          },
          feeds.all());
    }

    private void resync(FeedIntake intake) {
      LeaderFeeds leading = promotion.feeds();
      if (leading != null) {
        leading.resync(intake);
      }
    }

    @Override
    public void handOn() {
      transfers.tickWitness(true);
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

  /** Entries that change more than records. On the thread that applies. */
  private final class TableNews implements TableListener {
    @Override
    public void applied(long index, @Nullable Entry entry, Outcome outcome) {
      if (entry instanceof Entry.Open || entry instanceof Entry.Command) {
        tell();
      }
    }

    @Override
    public void restored(long index) {
      tell();
    }

    /** One task for many entries: a restart replays the whole log. */
    private void tell() {
      if (tableNews.compareAndSet(false, true)) {
        loop.execute(
            () -> {
              tableNews.set(false);
              promotion.tableChanged();
              if (!config.witness()) {
                feeds.reconcile();
              }
            });
      }
    }
  }
}
