package io.ssyncd.node;

import io.ssyncd.log.Committed;
import io.ssyncd.log.Entry;
import io.ssyncd.log.EntryCodec;
import io.ssyncd.log.LogMember;
import io.ssyncd.log.ReplicatedLog;
import io.ssyncd.log.Role;
import io.ssyncd.table.SessionTable;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a node does when it is elected, and when it is not any more: the states of {@link NodeState}
 * and the steps between them. A feed is ingested once its own sink was written; the node counts as
 * ready once all were, and as degraded after the deadline. Everything here runs on the node's
 * thread, but for the getters.
 */
final class Promotion {
  private static final long OPEN_RETRY_MS = 100;
  private static final long OFFER_MS = 2_000;

  private static final Logger log = LoggerFactory.getLogger(Promotion.class);

  private final NodeConfig config;
  private final ReplicatedLog replicated;
  private final SessionTable table;
  private final LocalEnds ends;
  private final VipWatch vip;
  private final ScheduledExecutorService node;
  private final ExecutorService writers;

  private @Nullable Reign reign;
  private @Nullable SinkWriter writer;
  private long offeredNanos = System.nanoTime() - TimeUnit.MILLISECONDS.toNanos(OFFER_MS);
  private volatile boolean vipHeld;
  private volatile Stand stand = new Stand(NodeState.FOLLOWER, Instant.now());
  private volatile int trackValue;
  private volatile @Nullable Ingest ingest;

  /** A state, and since when. */
  record Stand(NodeState state, Instant since) {}

  Promotion(
      NodeConfig config,
      ReplicatedLog replicated,
      SessionTable table,
      LocalEnds ends,
      VipWatch vip,
      ScheduledExecutorService node,
      ExecutorService writers) {
    this.config = config;
    this.replicated = replicated;
    this.table = table;
    this.ends = ends;
    this.vip = vip;
    this.node = node;
    this.writers = writers;
    this.trackValue = notReady();
  }

  Stand stand() {
    return stand;
  }

  boolean vipHeld() {
    return vipHeld;
  }

  /** What the track file is to say. */
  int trackValue() {
    return trackValue;
  }

  @Nullable Ingest ingest() {
    return ingest;
  }

  /** This node was elected. */
  void lead(long term) {
    if (reign != null && reign.term() == term) {
      return;
    }
    follow();
    if (config.witness()) {
      offerLeadership(heir(false), "a witness does not lead");
      return;
    }
    Reign elected = new Reign(term, System.nanoTime());
    reign = elected;
    enter(NodeState.ELECTED);
    open(elected);
  }

  /** This node does not lead, or not any more. */
  void follow() {
    Reign ended = reign;
    if (ended == null) {
      return;
    }
    enter(NodeState.DRAINING);
    reign = null;
    writer = null;
    ended.end();
    ingest = null;
    for (LocalEnd end : ends.all()) {
      end.stopIngesting();
      end.verified(false);
    }
    enter(NodeState.FOLLOWER);
  }

  private void open(Reign current) {
    if (!current.holds() || current != reign) {
      return;
    }
    byte[] entry = EntryCodec.encode(new Entry.Open(config.name(), current.request()));
    var unused =
        replicated
            .propose(entry)
            .thenCompose(
                committed -> table.awaitApplied(committed.index()).thenApply(i -> committed))
            .whenCompleteAsync((committed, error) -> opened(current, committed, error), node);
  }

  private void opened(Reign current, @Nullable Committed committed, @Nullable Throwable error) {
    if (!current.holds() || current != reign) {
      return;
    }
    if (committed == null) {
      log.info("OPEN of term {} is not committed yet: {}", current.term(), String.valueOf(error));
      ScheduledFuture<?> unused =
          node.schedule(() -> open(current), OPEN_RETRY_MS, TimeUnit.MILLISECONDS);
      return;
    }
    // An OPEN that was proposed twice took effect with the first one.
    long epoch = table.appliedAt(current.request()).orElse(committed.index());
    if (table.epoch() != epoch || !config.name().equals(table.ingester())) {
      log.info("epoch {} was over before it began", epoch);
      reignIsOver(current);
      return;
    }
    Ingest started =
        new Ingest(
            config.name(),
            epoch,
            replicated,
            table,
            config.limits(),
            () -> node.execute(() -> reignIsOver(current)),
            intake -> node.execute(() -> resync(current, intake)));
    current.open(epoch, started);
    ingest = started;
    started.start();
    enter(NodeState.CAUGHT_UP);
    write(current);
  }

  private void write(Reign current) {
    enter(NodeState.WRITING);
    SinkWriter now =
        new SinkWriter(
            current,
            table,
            config.promotion().deadline(),
            node,
            writers,
            (unused, end) -> evaluate());
    writer = now;
    now.writeAll(
        config.promotion().write(),
        ends,
        () -> {
          current.markWritten();
          evaluate();
        });
  }

  /** The table says that another reign began; if this node leads all the same, it begins anew. */
  private void reignIsOver(Reign current) {
    if (current == reign) {
      follow();
      if (replicated.status().role() == Role.LEADER) {
        lead(replicated.status().term());
      }
    }
  }

  private void resync(Reign current, FeedIntake intake) {
    if (current == reign) {
      for (LocalEnd end : ends.all()) {
        if (end.intake() == intake) {
          log.warn("{}: more than {} keys waited: looking again", end.feed(), FeedIntake.MAX_KEYS);
          end.endpoint().source().resync();
        }
      }
    }
  }

  /** The process behind a feed is another one: what it lost is written before it is heard. */
  void replaced(LocalEnd end) {
    SinkWriter now = writer;
    if (reign != null && now != null && end.ingesting()) {
      log.warn("{}: the process behind it was replaced: it is written back", end.feed());
      stop(end);
      end.verified(false);
      now.write(end, () -> {});
      evaluate();
    }
  }

  /** Feeds were started or stopped. */
  void feedsChanged() {
    ends.follow(table);
    SinkWriter now = writer;
    if (reign != null && now != null && reign.written()) {
      for (LocalEnd end : ends.all()) {
        if (end.started() && !end.verified() && !end.ingesting() && isWritten(end)) {
          now.write(end, () -> {});
        }
      }
    }
    evaluate();
  }

  /** To be called some times a second: looks at what changes by itself. */
  void tick() {
    vipHeld = vip.held();
    evaluate();
    if (config.witness() && replicated.status().role() == Role.LEADER) {
      offerLeadership(heir(false), "a witness does not lead");
    } else if (reign != null && !vipHeld && reign.ready()) {
      offerLeadership(heir(true), "the address is there");
    }
  }

  private void evaluate() {
    Reign current = reign;
    if (current == null || current.epoch() == 0) {
      trackValue = notReady();
      return;
    }
    boolean mayIngest = vipHeld && replicated.status().quorum();
    for (LocalEnd end : ends.all()) {
      boolean wanted = mayIngest && end.started() && (end.verified() || !isWritten(end));
      if (wanted && !end.ingesting()) {
        start(current, end);
      } else if (!wanted && end.ingesting()) {
        stop(end);
      }
    }
    boolean late = isLate(current);
    if (!current.ready() && current.written() && allVerified()) {
      current.markReady();
      enter(NodeState.VERIFIED);
    }
    if (current.ready() || late) {
      enter(mayIngest ? NodeState.INGESTING : NodeState.VERIFIED);
    }
    trackValue = current.ready() ? TrackFile.READY : late ? TrackFile.DEGRADED : notReady();
  }

  private boolean allVerified() {
    return ends.all().stream().allMatch(end -> !end.started() || !isWritten(end) || end.verified());
  }

  private boolean isWritten(LocalEnd end) {
    return config.promotion().write().contains(end.feed().kind());
  }

  private boolean isLate(Reign current) {
    return System.nanoTime() - current.beganNanos() > config.promotion().deadline().toNanos();
  }

  private void start(Reign current, LocalEnd end) {
    Ingest to = current.ingest();
    if (to != null) {
      FeedIntake intake =
          new FeedIntake(
              end.feed(),
              table,
              to::wake,
              () -> node.execute(() -> replaced(end)),
              FeedIntake.MAX_KEYS);
      to.add(intake);
      end.ingest(intake);
    }
  }

  private void stop(LocalEnd end) {
    FeedIntake intake = end.intake();
    end.stopIngesting();
    Ingest from = ingest;
    if (from != null && intake != null) {
      from.remove(intake);
    }
  }

  private void offerLeadership(Optional<LogMember> heir, String why) {
    if (heir.isEmpty()
        || System.nanoTime() - offeredNanos < TimeUnit.MILLISECONDS.toNanos(OFFER_MS)) {
      return;
    }
    offeredNanos = System.nanoTime();
    String name = heir.get().name();
    log.info("leadership is offered to {}: {}", name, why);
    var unused =
        replicated
            .transfer(name)
            .whenComplete(
                (done, error) -> {
                  if (error != null) {
                    log.info("{} did not take leadership: {}", name, String.valueOf(error));
                  }
                });
  }

  /**
   * The member that is to lead instead of this one: in reach, no witness, the furthest.
   *
   * @param withVip only one that holds an address
   */
  Optional<LogMember> heir(boolean withVip) {
    return replicated.members().stream()
        .filter(member -> !member.name().equals(config.name()))
        .filter(member -> member.reachable() && !member.witness())
        .filter(member -> Notice.decode(member.notice()) != null)
        .filter(member -> !withVip || holdsVip(member))
        .max(
            Comparator.<LogMember, Boolean>comparing(
                    member -> !config.promotion().vip().isEmpty() && holdsVip(member))
                .thenComparing(Promotion::appliedBy));
  }

  private static boolean holdsVip(LogMember member) {
    Notice notice = Notice.decode(member.notice());
    return notice != null && notice.holdsVip();
  }

  private static long appliedBy(LogMember member) {
    Notice notice = Notice.decode(member.notice());
    return notice == null ? 0 : notice.appliedIndex();
  }

  private int notReady() {
    return config.promotion().gate() == NodeConfig.Gate.STRICT
        ? TrackFile.AWAY
        : TrackFile.NOT_READY;
  }

  private void enter(NodeState state) {
    if (stand.state() != state) {
      log.info("{}: {} -> {}", config.name(), stand.state(), state);
      stand = new Stand(state, Instant.now());
    }
  }

  List<Warning> warnings() {
    Stand now = stand;
    boolean leads = now.state().ordinal() >= NodeState.ELECTED.ordinal();
    return leads && !vipHeld && !config.promotion().vip().isEmpty()
        ? List.of(
            new Warning(
                "vip-elsewhere",
                "this node leads but has none of promotion.vip: nothing is collected"))
        : List.of();
  }
}
