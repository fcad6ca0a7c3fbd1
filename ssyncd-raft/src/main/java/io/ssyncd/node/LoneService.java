package io.ssyncd.node;

import io.ssyncd.log.LogStatus;
import io.ssyncd.session.Kind;
import io.ssyncd.session.Scope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a balancer does that serves while no majority is in reach, where it is known by the address
 * or by keepalived that traffic comes to it. Traffic that comes to it finds what this node knew
 * last, also when a Pound could not be written at first, or is started anew. What its Pound and its
 * kernel learn meanwhile, which nobody commits, is brought to the cluster when a majority is back:
 * the node asks for leadership if traffic still comes to it, and merges what it learned as every
 * leader does: the newer record wins. Until then no other is ready; see docs/decisions/0019.
 *
 * <p>On the node's thread, but for what is only asked.
 */
final class LoneService {
  private static final Set<Kind> ALL = EnumSet.allOf(Kind.class);

  /** A majority that is missing for less is an election, or a word that came late. */
  private static final int ELECTIONS = 4;

  /** Afterwards an operator has to look. */
  private static final Duration GIVE_UP = Duration.ofMinutes(2);

  /** The longest pause between two tries to write what is known: traffic comes here meanwhile. */
  private static final Duration MOST_PAUSE = Duration.ofSeconds(15);

  private static final Logger log = LoggerFactory.getLogger(LoneService.class);

  private final String self;
  private final Duration least;
  private final Duration linger;
  private final Duration deadline;
  private final Duration pause;
  private final NodeLoop loop;
  private final Transfers transfers;
  private final Supplier<List<LocalFeed>> feeds;
  private final List<Kind> kinds;
  private final Function<WriteRequest, CompletableFuture<WriteReport>> write;
  private final Supplier<VipWatch> vip;

  private @Nullable Long aloneSince;
  private @Nullable Long backSince;
  private @Nullable Long ingestsSince;
  private @Nullable CompletableFuture<Void> merged;
  private long epoch;
  private boolean served;
  private int underWay;
  private int tries;
  private long notBefore = System.nanoTime();
  private final Backoff retry;
  private volatile @Nullable Warning warning;

  /**
   * Has not served.
   *
   * @param feeds those of this host
   * @param write writes what this node holds
   */
  LoneService(
      NodeConfig config,
      NodeTuning tuning,
      NodeLoop loop,
      Transfers transfers,
      Supplier<List<LocalFeed>> feeds,
      Function<WriteRequest, CompletableFuture<WriteReport>> write,
      Supplier<VipWatch> vip) {
    this.self = config.name();
    this.least = config.log().electionTimeout().multipliedBy(ELECTIONS);
    this.linger = config.log().electionTimeout().multipliedBy(2);
    this.deadline = config.promotion().deadline();
    this.pause = tuning.transferPause();
    this.loop = loop;
    this.retry = new Backoff(tuning.transferPause(), MOST_PAUSE);
    this.transfers = transfers;
    this.feeds = feeds;
    this.kinds = config.promotion().write();
    this.write = write;
    this.vip = vip;
  }

  @Nullable Warning warning() {
    return warning;
  }

  /** Whether this node served alone and may know what the cluster does not. */
  boolean owes() {
    return served;
  }

  /**
   * To be called some times a second.
   *
   * @param wrote whether this node's sinks hold what it knows
   * @param committed done when all that the sources have said by now is committed; asked while they
   *     speak
   */
  void tick(
      LogStatus status,
      PromotionState.View view,
      boolean wrote,
      Supplier<CompletableFuture<Void>> committed) {
    long now = System.nanoTime();
    if (!status.quorum()) {
      backSince = null;
      notMerged();
      alone(wrote, now);
    } else {
      aloneSince = null;
      tries = 0;
      retry.reset();
      if (served) {
        backSince = backSince == null ? Long.valueOf(now) : backSince;
        if (isMerged(view, committed, now)) {
          settled("this node leads, and what it learned alone is in the cluster");
        } else {
          back(status, view.state(), now - backSince);
        }
      }
    }
  }

  private void alone(boolean wrote, long now) {
    aloneSince = aloneSince == null ? Long.valueOf(now) : aloneSince;
    if (!vip.get().holds()) {
      return;
    }
    if (!wrote) {
      if (now - aloneSince >= deadline.toNanos() && mayTry(now)) {
        writeLastKnown(new WriteRequest(ALL, null, false, true, false));
      }
    } else if (now - aloneSince >= least.toNanos()) {
      if (!served) {
        serves();
      }
      if (mayTry(now)) {
        writeWhatIsLacking();
      }
    }
  }

  private void serves() {
    served = true;
    warning =
        WarningCode.SERVED_ALONE.with(
            "this node serves while no majority is in reach; what it learns meanwhile it brings to"
                + " the cluster afterwards, if traffic still comes to it then");
    log.warn("serving without a majority");
  }

  /** A source begins with all that its process holds; one that has just begun has not said it. */
  private boolean isMerged(
      PromotionState.View view, Supplier<CompletableFuture<Void>> committed, long now) {
    boolean ingests = view.state() == NodeState.INGESTING;
    if (!ingests || view.epoch() != epoch) {
      notMerged();
      epoch = view.epoch();
    }
    if (!ingests) {
      return false;
    }
    ingestsSince = ingestsSince == null ? Long.valueOf(now) : ingestsSince;
    if (merged == null && now - ingestsSince >= linger.toNanos()) {
      merged = committed.get();
    }
    return merged != null && merged.isDone();
  }

  private void notMerged() {
    ingestsSince = null;
    merged = null;
  }

  private void back(LogStatus status, NodeState state, long backFor) {
    if (state == NodeState.INGESTING) {
      return;
    }
    if (!vip.get().here()) {
      settled("traffic comes to another host by now: what this one learned alone is left to it");
    } else if (backFor >= GIVE_UP.toNanos()) {
      settled("given up");
      log.error("what this node learned alone is not in the cluster: it could not be made leader");
    } else if (isLedByAnother(status) && backFor >= linger.toNanos()) {
      // Two that were apart may both hold the address; one of them has let go of it by now.
      warning =
          WarningCode.SERVED_ALONE.with(
              "this node served without a majority, and asks for leadership to bring what it"
                  + " learned meanwhile");
      transfers.ask(self, "traffic came here while no majority was in reach", pause);
    }
  }

  private boolean isLedByAnother(LogStatus status) {
    return status.leader() != null && !status.leader().equals(self);
  }

  private void settled(String why) {
    served = false;
    warning = null;
    log.info("served without a majority: {}", why);
  }

  private boolean mayTry(long now) {
    return underWay == 0 && now - notBefore >= 0;
  }

  /**
   * One after another, and none that has what it is to have: each write asks its Pound for all that
   * it holds, which is no small thing for one that serves.
   */
  private void writeWhatIsLacking() {
    List<WriteRequest> lacking = new ArrayList<>();
    for (Kind kind : kinds) {
      for (LocalFeed local : feeds.get()) {
        if (local.feed().kind() == kind && local.lacksWrite()) {
          Scope scope = kind == Kind.HTTP ? Scope.farm(local.feed().name()) : null;
          lacking.add(new WriteRequest(EnumSet.of(kind), scope, false, true, false));
        }
      }
    }
    lacking.forEach(this::writeLastKnown);
  }

  private void writeLastKnown(WriteRequest request) {
    underWay++;
    if (tries++ == 0) {
      log.warn("traffic comes here and no majority is in reach: writing what this node holds");
    }
    var unused =
        write
            .apply(request)
            .whenComplete((report, error) -> loop.execute(() -> wrote(report, error)));
  }

  private void wrote(@Nullable WriteReport report, @Nullable Throwable error) {
    underWay--;
    boolean failed = report == null || !report.errors().isEmpty();
    if (!failed && underWay == 0) {
      retry.reset();
    }
    notBefore = System.nanoTime() + retry.next().toNanos();
    if (report == null) {
      log.error("what this node holds could not be written, by a bug", error);
    } else if (tries == 1 || !failed) {
      log.warn("written without a majority: {} {}", report.result(), report.errors());
    } else {
      log.debug("written without a majority: {} {}", report.result(), report.errors());
    }
  }
}
