package io.ssyncd.node;

import io.ssyncd.log.LogStatus;
import io.ssyncd.log.ReplicatedLog;
import io.ssyncd.log.Role;
import io.ssyncd.table.SessionTable;
import java.time.Duration;
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
  private final NodeLoop loop;
  private final OpenProposal opening;
  private final PromotionState state;
  private final PromotionParts parts;
  private final IngestGate gate;
  private final Backoff reopening;

  private volatile @Nullable Reign reign;
  private @Nullable LeaderFeeds feeds;
  private boolean leads;
  private long term;
  private boolean drained = true;
  private boolean verified;

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
      PromotionParts parts,
      Runnable changed) {
    this.config = config;
    this.loop = loop;
    this.opening =
        new OpenProposal(
            config.name(), tuning, loop, raft, table, this::waitsForOpen, this::tableChanged);
    this.state = new PromotionState(changed);
    this.gate = new IngestGate(config.promotion().deadline());
    this.parts = parts;
    this.reopening = new Backoff(tuning.sinkRetry(), tuning.sinkRetryMost());
  }

  PromotionState.View view() {
    return state.view();
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
    if (news && !gate.isClosed()) {
      begin();
    } else if (!now && view().leads()) {
      show(config.witness() ? NodeState.FOLLOWER : state.now());
      settle();
    }
  }

  private void begin() {
    if (config.witness()) {
      log.info("a witness was elected in term {}: handing leadership on", term);
      show(NodeState.ELECTED);
      parts.handOn();
      return;
    }
    Reign now = new Reign(term, System.nanoTime() + config.log().electionTimeout().toNanos());
    reign = now;
    gate.begin();
    verified = false;
    to(NodeState.ELECTED, "elected in term " + term);
    opening.propose(now);
  }

  private boolean waitsForOpen(Reign which) {
    return which == reign && !which.isOver() && state.now() == NodeState.ELECTED;
  }

  /** An OPEN was applied, or the table was replaced: is the newest one ours? */
  void tableChanged() {
    Reign now = reign;
    if (now == null || now.isOver()) {
      return;
    }
    if (waitsForOpen(now)) {
      OptionalLong index = opening.index(now);
      if (index.isPresent()) {
        if (opening.isNewest(index.getAsLong())) {
          open(now, index.getAsLong());
        } else {
          superseded(opening.newest() + " came after this node's");
        }
      }
    } else if (now.epoch() != 0 && !opening.isNewest(now.epoch())) {
      superseded(opening.newest() + " came after epoch " + now.epoch());
    }
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
    if (!leads || gate.isClosed()) {
      return;
    }
    if (System.nanoTime() - electedAt > CALM.toNanos()) {
      reopening.reset();
    }
    long inTerm = term;
    loop.schedule(
        reopening.next(),
        () -> {
          if (leads && term == inTerm && reign == null && !gate.isClosed()) {
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
    if (reign == null
        && state.now() == NodeState.DRAINING
        && drained
        && (!leads || gate.isClosed())) {
      to(NodeState.FOLLOWER, "drained");
    }
  }

  /** Silences the sources, for what they have said to be committed before {@link #close}. */
  void quiet() {
    gate.close();
    advance();
  }

  /** Ends the reign and begins none any more. */
  void close() {
    gate.close();
    end("the node is being closed");
  }

  /**
   * Looks at everything that changes with time.
   *
   * @param here whether the address that traffic comes to is on this host
   */
  void tick(LogStatus status, boolean here) {
    gate.look(status, here);
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
      if (state.now() == NodeState.WRITING) {
        to(NodeState.VERIFIED, "every sink was written");
      } else {
        log.info("every sink was written");
        show(state.now());
      }
    }
    boolean mayIngest = gate.isOpen(now, verified);
    sinks.ingest(mayIngest);
    NodeState rest = verified ? NodeState.VERIFIED : NodeState.WRITING;
    boolean ingests = mayIngest && (verified || sinks.anyIngesting());
    NodeState next = ingests ? NodeState.INGESTING : rest;
    if (next != state.now()) {
      to(next, ingests ? "sources are started" : gate.whyNot());
    }
  }

  /** The present reign, for its lease; null if there is none. */
  @Nullable Reign reign() {
    return reign;
  }

  private void to(NodeState next, String why) {
    state.to(next, why, facts());
  }

  private void show(NodeState next) {
    state.show(next, facts());
  }

  private PromotionState.Facts facts() {
    return new PromotionState.Facts(leads, reign, verified);
  }
}
