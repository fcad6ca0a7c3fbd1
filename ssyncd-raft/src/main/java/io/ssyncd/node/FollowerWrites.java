package io.ssyncd.node;

import io.ssyncd.log.LogStatus;
import io.ssyncd.log.Role;
import io.ssyncd.session.Kind;
import io.ssyncd.session.Scope;
import io.ssyncd.table.TableView;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps sinks current while another node leads, where that is configured, so that a promotion finds
 * little to write. Each write is one as any other, of the difference, read back; it begins when
 * something changed, not more often than the feed's pause and the processor's bound allow, and is
 * ended at once when this node is elected, whose promotion waits for nothing.
 *
 * <p>A Pound is written only while it carries no traffic: it tells nothing while it is written, and
 * its truth is its own. On the node's thread, but for {@link #fence}.
 */
final class FollowerWrites {
  private static final Logger log = LoggerFactory.getLogger(FollowerWrites.class);

  /** A Pound that had traffic, or may have had, is left alone for so long after the last of it. */
  private static final Duration QUIET = Duration.ofMinutes(1);

  private static final Duration RETRY = Duration.ofSeconds(2);
  private static final Duration RETRY_MOST = Duration.ofMinutes(1);

  private final NodeConfig.Materialise config;
  private final NodeTuning tuning;
  private final String self;
  private final TableView table;
  private final Feeds feeds;
  private final NodeLoop loop;
  private final BooleanSupplier caughtUp;
  private final Supplier<VipWatch> vip;
  private final CpuBudget budget;
  private final FollowedFeeds followed = new FollowedFeeds();
  private volatile boolean following;
  private @Nullable Long ledUntil;

  /**
   * @param table as sinks are to see it
   * @param caughtUp whether this node has applied, once since its start, what was committed
   * @param vip knows where traffic goes, if that can be known
   */
  FollowerWrites(
      NodeConfig config,
      NodeTuning tuning,
      TableView table,
      Feeds feeds,
      NodeLoop loop,
      BooleanSupplier caughtUp,
      Supplier<VipWatch> vip) {
    this.config = config.materialise();
    this.tuning = tuning;
    this.self = config.name();
    this.table = table;
    this.feeds = feeds;
    this.loop = loop;
    this.caughtUp = caughtUp;
    this.vip = vip;
    this.budget = new CpuBudget(this.config.cpuPercent());
  }

  /** Has to hear of entries, from the first one on. */
  FollowedFeeds followed() {
    return followed;
  }

  /**
   * The log says what this node is from now on: a follower's write ends, wherever it is, for that
   * of a promotion waits behind it. From any thread.
   */
  void fence(Role role) {
    if (role != Role.FOLLOWER) {
      following = false;
      followed.all().forEach(FollowedFeed::stop);
    }
  }

  // ---- the node's thread ----

  /** Begins the writes that are due; to be called some times a second. */
  void tick(LogStatus status, NodeState state) {
    if (config.isNone()) {
      return;
    }
    String leader = status.leader();
    following =
        state == NodeState.FOLLOWER
            && status.role() == Role.FOLLOWER
            && status.quorum()
            && leader != null
            && !leader.equals(self)
            && caughtUp.getAsBoolean();
    long now = System.nanoTime();
    if (state != NodeState.FOLLOWER) {
      ledUntil = now;
    }
    if (!following) {
      if (state != NodeState.FOLLOWER) {
        followed.clear();
      }
      return;
    }
    followed.reconcile(feeds.all(), config::keeps, () -> new Backoff(RETRY, RETRY_MOST));
    for (FollowedFeed feed : followed.all()) {
      String why = reason(feed, now);
      feed.paused(why);
      feed.again(feed.emptied());
      if (why == null && feed.isDue(now) && budget.isFree(now)) {
        write(feed);
      }
    }
  }

  /** Why a feed has to be left alone; null if it has not. */
  private @Nullable String reason(FollowedFeed feed, long nowNanos) {
    if (feed.feed().kind() != Kind.HTTP) {
      return null;
    }
    boolean busy = feed.busy(feed.traffic(), nowNanos, QUIET);
    VipWatch where = vip.get();
    if (where.holds()) {
      return "this host holds the address";
    }
    if (busy) {
      return "its Pound has traffic";
    }
    // Where the address is known to be elsewhere its clients are, too.
    boolean led = ledUntil != null && nowNanos - ledUntil < QUIET.toNanos();
    return led && where.here() ? "this node led a moment ago, and clients may still come" : null;
  }

  private void write(FollowedFeed feed) {
    LocalFeed local = feed.local();
    Endpoint endpoint = local.endpoint();
    if (endpoint == null) {
      return;
    }
    Set<Scope> scopes = feed.take();
    feed.begun(scopes);
    MeteredSink sink = new MeteredSink(endpoint.sink());
    WriteOrder order = new WriteOrder(table, scopes, false, false, new Fence(feed), true);
    SinkWrite write = local.writer().submit(sink, order, tuning.writeMost());
    feed.writing(write);
    if (!following) {
      write.stop(); // the fence fell before it could be seen there
    }
    var unused =
        write
            .result()
            .whenComplete(
                (reports, error) -> loop.execute(() -> ended(feed, sink, scopes, reports, error)));
  }

  /** Holds while this node follows and, of a Pound, no client changes anything in it. */
  private final class Fence implements WriteOrder.Fence {
    private final FollowedFeed feed;
    private final long before;

    Fence(FollowedFeed feed) {
      this.feed = feed;
      this.before = feed.traffic();
    }

    @Override
    public boolean holds() {
      return following && !hasTraffic();
    }

    @Override
    public String why() {
      return following ? "clients come to its Pound" : "this node no longer follows a leader";
    }

    private boolean hasTraffic() {
      return feed.feed().kind() == Kind.HTTP && feed.traffic() != before;
    }
  }

  private void ended(
      FollowedFeed feed,
      MeteredSink sink,
      Set<Scope> scopes,
      @Nullable List<ScopeReport> reports,
      @Nullable Throwable error) {
    budget.spent(sink.cpuNanos(), System.nanoTime());
    // Else this node leads by now: how the sink stands is said by the write of its promotion.
    boolean follows = followed.contains(feed);
    if (reports == null) {
      feed.failed();
      failed(feed.local(), Cause.of(error), follows);
      return;
    }
    long changes = reports.stream().mapToLong(each -> each.applied() + each.removed()).sum();
    feed.ended(changes, config.pause(feed.feed().kind()));
    if (follows && (scopes.isEmpty() || feed.feed().kind() == Kind.HTTP)) {
      // All that the feed has: what was reported before is of no interest any more.
      feed.local().written(reports);
    }
  }

  private static void failed(LocalFeed local, Throwable cause, boolean follows) {
    String text = Cause.text(cause);
    if (cause instanceof FencedException || cause instanceof InterruptedException) {
      log.info("{} is not kept current for now: {}", local.feed(), text);
      return;
    }
    if (cause instanceof RuntimeException || cause instanceof Error) {
      log.error("{}: its sink failed by a bug", local.feed(), cause);
    }
    if (follows) {
      local.failed(text);
    } else {
      local.endedEarly(text);
    }
  }

  // ---- anybody ----

  /** How it stands. */
  FollowedSinks status() {
    return new FollowedSinks(
        budget.share(System.nanoTime()),
        budget.bound(),
        followed.all().stream().map(FollowedFeed::status).toList());
  }

  /** What is left alone, and why. */
  @Nullable Warning warning() {
    String paused =
        followed.all().stream()
            .map(FollowedFeed::status)
            .filter(each -> each.paused() != null)
            .map(each -> each.feed() + ": " + each.paused())
            .collect(Collectors.joining("; "));
    return paused.isEmpty()
        ? null
        : WarningCode.NOT_KEPT_CURRENT.with(
            "not kept current on this node, though it follows: " + paused);
  }
}
