package io.ssyncd.node;

import io.ssyncd.log.Entry;
import io.ssyncd.log.LogStatus;
import io.ssyncd.log.Outcome;
import io.ssyncd.log.Role;
import io.ssyncd.session.Feed;
import io.ssyncd.session.HttpKey;
import io.ssyncd.session.Kind;
import io.ssyncd.session.Mutation;
import io.ssyncd.session.RecentKey;
import io.ssyncd.session.Scope;
import io.ssyncd.session.SessionKey;
import io.ssyncd.table.SessionTable;
import io.ssyncd.table.TableListener;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps sinks current while another node leads, where that is configured, so that a promotion finds
 * little to write. Each write is one as any other, of the difference, read back; it begins when
 * something changed, not more often than the feed's pause and the processor's bound allow, and ends
 * early when this node is elected.
 *
 * <p>A Pound is written only while it carries no traffic: it tells nothing while it is written, and
 * its truth is its own. On the node's thread, but for what hears of entries and {@link #fence}.
 */
final class FollowerWrites implements TableListener {
  private static final Logger log = LoggerFactory.getLogger(FollowerWrites.class);

  /** A Pound that had traffic is left alone for so long after the last of it. */
  private static final Duration QUIET = Duration.ofMinutes(1);

  private static final Duration RETRY = Duration.ofSeconds(2);
  private static final Duration RETRY_MOST = Duration.ofMinutes(1);

  private final NodeConfig.Materialise config;
  private final NodeTuning tuning;
  private final String self;
  private final SessionTable table;
  private final Feeds feeds;
  private final NodeLoop loop;
  private final BooleanSupplier caughtUp;
  private final BooleanSupplier holdsAddress;
  private final CpuBudget budget;
  private final SortedMap<Feed, FollowedFeed> followed = new ConcurrentSkipListMap<>();
  private volatile boolean following;

  /**
   * @param caughtUp whether this node has applied, once since its start, what was committed
   * @param holdsAddress whether traffic comes to this host, as far as is known
   */
  FollowerWrites(
      NodeConfig config,
      NodeTuning tuning,
      SessionTable table,
      Feeds feeds,
      NodeLoop loop,
      BooleanSupplier caughtUp,
      BooleanSupplier holdsAddress) {
    this.config = config.materialise();
    this.tuning = tuning;
    this.self = config.name();
    this.table = table;
    this.feeds = feeds;
    this.loop = loop;
    this.caughtUp = caughtUp;
    this.holdsAddress = holdsAddress;
    this.budget = new CpuBudget(this.config.cpuPercent());
  }

  // ---- the thread that applies entries ----

  @Override
  public void applied(long index, @Nullable Entry entry, Outcome outcome) {
    if (followed.isEmpty() || outcome != Outcome.APPLIED) {
      return;
    }
    if (entry instanceof Entry.Batch batch) {
      Set<Scope> touched = touched(batch.mutations());
      followed
          .values()
          .forEach(
              each -> {
                Set<Scope> its =
                    touched.stream().filter(each.feed()::covers).collect(Collectors.toSet());
                if (!its.isEmpty()) {
                  each.changed(its);
                }
              });
    } else if (entry instanceof Entry.Command command
            && command.operation() instanceof Entry.Operation.Clear
        || entry instanceof Entry.Restore restore
            && restore.step() instanceof Entry.RestoreStep.End) {
      restored(index);
    }
  }

  @Override
  public void restored(long index) {
    followed.values().forEach(each -> each.changed(Set.of()));
  }

  /** Mutations of a batch are mostly of one scope; to make one for each would cost the most. */
  private static Set<Scope> touched(List<Mutation> mutations) {
    Set<Scope> touched = new HashSet<>();
    String name = "";
    Kind kind = null;
    for (Mutation mutation : mutations) {
      if (mutation instanceof Mutation.ClearScope clear) {
        touched.add(clear.scope());
        continue;
      }
      SessionKey key =
          mutation instanceof Mutation.Put put
              ? put.session().key()
              : ((Mutation.Delete) mutation).key();
      String its = key instanceof HttpKey http ? http.farm() : ((RecentKey) key).table();
      Kind itsKind = key instanceof HttpKey ? Kind.HTTP : Kind.RECENT;
      if (itsKind != kind || !its.equals(name)) {
        name = its;
        kind = itsKind;
        touched.add(new Scope(kind, name));
      }
    }
    return touched;
  }

  /** The log says what this node is from now on: a write of a follower ends. From any thread. */
  void fence(Role role) {
    if (role != Role.FOLLOWER) {
      following = false;
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
    if (!following) {
      if (state != NodeState.FOLLOWER) {
        followed.clear();
      }
      return;
    }
    reconcile();
    long now = System.nanoTime();
    for (FollowedFeed feed : followed.values()) {
      String why = reason(feed, now);
      feed.paused(why);
      if (why == null && feed.isDue(now) && budget.isFree(now)) {
        write(feed);
      }
    }
  }

  /** What is kept current are the feeds that are open. */
  private void reconcile() {
    Map<Feed, LocalFeed> open = new TreeMap<>();
    for (LocalFeed local : feeds.all()) {
      if (local.endpoint() != null && config.keeps(local.feed())) {
        open.put(local.feed(), local);
      }
    }
    followed.values().removeIf(each -> !each.local().equals(open.get(each.feed())));
    open.forEach(
        (feed, local) ->
            followed.computeIfAbsent(
                feed, unused -> new FollowedFeed(local, new Backoff(RETRY, RETRY_MOST))));
  }

  /** Why a feed has to be left alone; null if it has not. */
  private @Nullable String reason(FollowedFeed feed, long nowNanos) {
    if (feed.feed().kind() != Kind.HTTP) {
      return null;
    }
    boolean busy = feed.busy(traffic(feed.local()), nowNanos, QUIET);
    if (holdsAddress.getAsBoolean()) {
      return "this host holds the address";
    }
    return busy ? "its Pound has traffic" : null;
  }

  private static long traffic(LocalFeed local) {
    Endpoint endpoint = local.endpoint();
    try {
      return endpoint == null ? 0 : endpoint.source().traffic();
    } catch (RuntimeException e) {
      log.error("{}: its source failed by a bug", local.feed(), e);
      return 0;
    }
  }

  private void write(FollowedFeed feed) {
    LocalFeed local = feed.local();
    Endpoint endpoint = local.endpoint();
    if (endpoint == null) {
      return;
    }
    Set<Scope> scopes = feed.take();
    feed.begun(scopes);
    long before = traffic(local);
    boolean pound = local.feed().kind() == Kind.HTTP;
    MeteredSink sink = new MeteredSink(endpoint.sink());
    WriteOrder order =
        new WriteOrder(
            table,
            scopes,
            false,
            false,
            () -> following && (!pound || traffic(local) == before),
            true);
    var unused =
        local
            .writer()
            .submit(sink, order, tuning.writeMost())
            .result()
            .whenComplete(
                (reports, error) -> loop.execute(() -> ended(feed, sink, scopes, reports, error)));
  }

  private void ended(
      FollowedFeed feed,
      MeteredSink sink,
      Set<Scope> scopes,
      @Nullable List<ScopeReport> reports,
      @Nullable Throwable error) {
    budget.spent(sink.cpuNanos(), System.nanoTime());
    // Else this node leads by now: how the sink stands is said by the write of its promotion.
    boolean follows = followed.containsValue(feed);
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
        followed.values().stream().map(FollowedFeed::status).toList());
  }

  /** What is left alone, and why. */
  @Nullable Warning warning() {
    String paused =
        followed.values().stream()
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
