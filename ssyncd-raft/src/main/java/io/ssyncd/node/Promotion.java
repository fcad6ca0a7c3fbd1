package io.ssyncd.node;

import io.ssyncd.log.Committed;
import io.ssyncd.log.Entry;
import io.ssyncd.log.EntryCodec;
import io.ssyncd.log.LogStatus;
import io.ssyncd.log.ReplicatedLog;
import io.ssyncd.log.Role;
import io.ssyncd.table.SessionTable;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From winning an election to ingesting, and back: the state machine of {@link NodeState}. See
 * docs/decisions for why it is as it is.
 *
 * <pre>
 * FOLLOWER -> ELECTED       this node was elected; its OPEN is proposed until it is applied
 * ELECTED -> CAUGHT_UP      it is applied, and so is everything before it; its index is the epoch
 * CAUGHT_UP -> WRITING      at once
 * WRITING -> VERIFIED       every sink was written and read back
 * VERIFIED -> INGESTING     a majority answers, and the address is here
 * WRITING -> INGESTING      the same, and the deadline has passed: those that were written
 * INGESTING -> VERIFIED     one of these no longer; or -> WRITING, if not every sink was written
 * any -> DRAINING           leadership was lost, or another OPEN took the place of this one's, or a
 *                           restore ended its epoch
 * DRAINING -> FOLLOWER      no sink is written any more; or -> ELECTED, if this node leads (again)
 * </pre>
 *
 * <p>All of it runs on the node's thread, but for {@link #fence} and {@link #view}.
 */
final class Promotion {
  private static final Logger log = LoggerFactory.getLogger(Promotion.class);

  /** An epoch that lasted so long was no flapping. */
  private static final Duration CALM = Duration.ofSeconds(30);

  private final NodeConfig config;
  private final NodeTuning tuning;
  private final NodeLoop loop;
  private final ReplicatedLog raft;
  private final SessionTable table;
  private final Parts parts;
  private final Runnable changed;
  private final Backoff reopening;

  private volatile @Nullable Reign reign;
  private volatile View view;
  private @Nullable LeaderFeeds feeds;
  private boolean leads;
  private boolean closed;
  private long term;
  private boolean drained = true;
  private boolean verified;
  private boolean quorum = true;
  private boolean addressHere = true;

  /**
   * Where it stands, for readers.
   *
   * @param state of the promotion
   * @param since since when
   * @param leads whether this node leads
   * @param electedNanos since when
   * @param verified whether all sinks were written in this reign; stays until the reign ends
   * @param epoch of this reign; 0 if not open
   */
  record View(
      NodeState state,
      Instant since,
      boolean leads,
      long electedNanos,
      boolean verified,
      long epoch) {}

  /**
   * @param parts makes what a reign needs
   * @param changed called on the node's thread when the state has changed
   */
  Promotion(
      NodeConfig config,
      NodeTuning tuning,
      NodeLoop loop,
      ReplicatedLog raft,
      SessionTable table,
      Parts parts,
      Runnable changed) {
    this.config = config;
    this.tuning = tuning;
    this.loop = loop;
    this.raft = raft;
    this.table = table;
    this.parts = parts;
    this.changed = changed;
    this.reopening = new Backoff(tuning.sinkRetry(), tuning.sinkRetryMost());
    this.view = new View(NodeState.FOLLOWER, Instant.now(), false, 0, false, 0);
  }

  /** Makes the parts of a reign. */
  interface Parts {
    /**
     * The sinks and sources of a reign whose OPEN is applied, none of them begun.
     *
     * @param of hears of them
     */
    LeaderFeeds feeds(Reign reign, Promotion of);

    /** A witness was elected. */
    void handOn();
  }

  View view() {
    return view;
  }

  /** The sources and sinks of the present reign; null outside WRITING to INGESTING. */
  @Nullable LeaderFeeds feeds() {
    return feeds;
  }

  /** Whether this node leads in this term. */
  boolean leads() {
    return leads;
  }

  /**
   * The log says that this node no longer leads: whatever is done in the name of its reign stops,
   * before the node's thread has come to hear of it. From any thread.
   */
  void fence(Role role, long inTerm) {
    Reign now = reign;
    if (now != null && (role != Role.LEADER || now.term() != inTerm)) {
      now.end();
    }
  }

  /** This node's role changed. */
  void role(Role role, long inTerm) {
    boolean now = role == Role.LEADER;
    if (reign != null && (!now || inTerm != term)) {
      end("no longer the leader of term " + term);
    }
    boolean news = now && (!leads || inTerm != term);
    leads = now;
    term = inTerm;
    if (news && !closed) {
      begin();
    } else if (!now && view.leads()) {
      publish(config.witness() ? NodeState.FOLLOWER : view.state());
      settle();
    }
  }

  private void begin() {
    if (config.witness()) {
      log.info("a witness was elected in term {}: handing leadership on", term);
      publish(NodeState.ELECTED);
      parts.handOn();
      return;
    }
    Reign now = new Reign(term, System.nanoTime() + lease().toNanos());
    reign = now;
    quorum = true;
    verified = false;
    to(NodeState.ELECTED, "elected in term " + term);
    propose(now, new Backoff(tuning.proposeRetry(), tuning.proposeRetryMost()));
  }

  /** Proposes the OPEN of a reign until the log answers. */
  private void propose(Reign which, Backoff backoff) {
    if (which.isOver() || which != reign || view.state() != NodeState.ELECTED) {
      return;
    }
    CompletableFuture<Committed> answer;
    try {
      answer = raft.propose(EntryCodec.encode(new Entry.Open(config.name(), which.request())));
    } catch (RuntimeException e) {
      answer = CompletableFuture.failedFuture(e);
    }
    var unused =
        answer
            .thenCompose(committed -> table.awaitApplied(committed.index()))
            .whenComplete((index, error) -> loop.execute(() -> proposed(which, backoff, error)));
  }

  private void proposed(Reign which, Backoff backoff, @Nullable Throwable error) {
    if (error == null) {
      tableChanged();
    } else if (which == reign && !which.isOver()) {
      log.info("OPEN of term {} again: {}", which.term(), error.toString());
      loop.schedule(backoff.next(), () -> propose(which, backoff));
    }
  }

  /** An OPEN was applied, or the table was replaced: is the newest one ours? */
  void tableChanged() {
    Reign now = reign;
    if (now == null || now.isOver()) {
      return;
    }
    if (view.state() == NodeState.ELECTED) {
      OptionalLong index = table.appliedAt(now.request());
      if (index.isPresent()) {
        if (isNewest(index.getAsLong())) {
          open(now, index.getAsLong());
        } else {
          superseded(newest() + " came after this node's");
        }
      }
    } else if (now.epoch() != 0 && !isNewest(now.epoch())) {
      superseded(newest() + " came after epoch " + now.epoch());
    }
  }

  private String newest() {
    String ingester = table.ingester();
    return ingester == null ? "a restored table" : "an OPEN of " + ingester;
  }

  private boolean isNewest(long epoch) {
    return table.epoch() == epoch && config.name().equals(table.ingester());
  }

  private void open(Reign now, long index) {
    now.opened(index);
    to(NodeState.CAUGHT_UP, "everything up to entry " + index + " is applied");
    feeds = parts.feeds(now, this);
    to(NodeState.WRITING, "the sinks are written");
    advance();
  }

  /**
   * Batches of this epoch are refused from now on, though this node may lead: a late OPEN of an
   * earlier leader does that, or a gap, which would be a bug. A new epoch begins all over.
   */
  void superseded(String why) {
    if (reign == null) {
      return;
    }
    long electedAt = reign.electedNanos();
    end(why);
    if (!leads || closed) {
      return;
    }
    if (System.nanoTime() - electedAt > CALM.toNanos()) {
      reopening.reset();
    }
    long inTerm = term;
    loop.schedule(
        reopening.next(),
        () -> {
          if (leads && term == inTerm && reign == null && !closed) {
            begin();
          }
        });
  }

  /** Told by the log's refusal of a batch. */
  void broken(Reign which, String why) {
    if (which == reign) {
      log.warn("epoch {} ended: {}", which.epoch(), why);
      superseded(why);
    }
  }

  private void end(String why) {
    Reign now = reign;
    LeaderFeeds sinks = feeds;
    if (now == null) {
      return;
    }
    now.end();
    reign = null;
    feeds = null;
    drained = false;
    to(NodeState.DRAINING, why);
    CompletableFuture<Void> stopped =
        sinks == null ? CompletableFuture.completedFuture(null) : sinks.end();
    var unused =
        stopped.whenComplete(
            (done, error) ->
                loop.execute(
                    () -> {
                      drained = true;
                      settle();
                    }));
  }

  /** Drained, and not to begin again. */
  private void settle() {
    if (reign == null && view.state() == NodeState.DRAINING && drained && (!leads || closed)) {
      to(NodeState.FOLLOWER, "drained");
    }
  }

  /** Silences the sources, for what they have said to be committed before {@link #close}. */
  void quiet() {
    closed = true;
    advance();
  }

  /** Ends the reign and begins none any more. */
  void close() {
    closed = true;
    end("the node is being closed");
  }

  /**
   * Looks at everything that changes with time.
   *
   * @param here whether the address that traffic comes to is on this host
   */
  void tick(LogStatus status, boolean here) {
    quorum = status.quorum();
    addressHere = here;
    advance();
  }

  /** Makes the steps that are due. */
  void advance() {
    LeaderFeeds sinks = feeds;
    Reign now = reign;
    if (sinks == null || now == null || now.isOver()) {
      return;
    }
    sinks.writeWhatIsDue();
    if (!verified && sinks.allWritten()) {
      verified = true;
      if (view.state() == NodeState.WRITING) {
        to(NodeState.VERIFIED, "every sink was written");
      } else {
        log.info("every sink was written");
        publish(view.state());
      }
    }
    boolean mayIngest = quorum && addressHere && !closed && (verified || pastDeadline(now));
    sinks.ingest(mayIngest);
    NodeState rest = verified ? NodeState.VERIFIED : NodeState.WRITING;
    boolean ingests = mayIngest && (verified || sinks.anyIngesting());
    NodeState next = ingests ? NodeState.INGESTING : rest;
    if (next != view.state()) {
      to(next, ingests ? "sources are started" : whyNot());
    }
  }

  private String whyNot() {
    if (closed) {
      return "the node is being closed";
    }
    return quorum ? "traffic comes to another host" : "no majority answers";
  }

  private boolean pastDeadline(Reign now) {
    return System.nanoTime() - now.electedNanos() >= config.promotion().deadline().toNanos();
  }

  /** How long the fence holds without a sign of a majority. */
  private Duration lease() {
    return config.log().electionTimeout();
  }

  /** The present reign, for its lease; null if there is none. */
  @Nullable Reign reign() {
    return reign;
  }

  private void to(NodeState next, String why) {
    NodeState before = view.state();
    if (!isStep(before, next)) {
      throw new IllegalStateException("no promotion goes from " + before + " to " + next);
    }
    log.info("{} -> {}: {}", before, next, why);
    publish(next);
  }

  private void publish(NodeState next) {
    Reign now = reign;
    Instant since = next == view.state() ? view.since() : Instant.now();
    view =
        new View(
            next,
            since,
            leads,
            now == null ? System.nanoTime() : now.electedNanos(),
            now != null && verified,
            now == null ? 0 : now.epoch());
    changed.run();
  }

  static boolean isStep(NodeState from, NodeState to) {
    return switch (from) {
      case FOLLOWER -> to == NodeState.ELECTED;
      case ELECTED -> to == NodeState.CAUGHT_UP || to == NodeState.DRAINING;
      case CAUGHT_UP -> to == NodeState.WRITING || to == NodeState.DRAINING;
      case WRITING ->
          to == NodeState.VERIFIED || to == NodeState.INGESTING || to == NodeState.DRAINING;
      case VERIFIED -> to == NodeState.INGESTING || to == NodeState.DRAINING;
      case INGESTING ->
          to == NodeState.VERIFIED || to == NodeState.WRITING || to == NodeState.DRAINING;
      case DRAINING -> to == NodeState.FOLLOWER || to == NodeState.ELECTED;
    };
  }
}
