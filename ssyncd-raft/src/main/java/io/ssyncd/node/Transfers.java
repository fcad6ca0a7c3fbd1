package io.ssyncd.node;

import io.ssyncd.log.LogUnavailableException;
import io.ssyncd.log.ReplicatedLog;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands leadership on: by an operator's word from any thread; on the node's thread off a witness,
 * and to the member that traffic comes to.
 */
final class Transfers {
  private static final Logger log = LoggerFactory.getLogger(Transfers.class);

  private final NodeConfig config;
  private final NodeTuning tuning;
  private final NodeLoop loop;
  private final ReplicatedLog raft;
  private final Members members;
  private boolean handingOn;
  private long elsewhereSince;
  private @Nullable String elsewhere;
  private long notBefore = System.nanoTime();
  private volatile @Nullable Warning warning;

  Transfers(
      NodeConfig config, NodeTuning tuning, NodeLoop loop, ReplicatedLog raft, Members members) {
    this.config = config;
    this.tuning = tuning;
    this.loop = loop;
    this.raft = raft;
    this.members = members;
  }

  @Nullable Warning warning() {
    return warning;
  }

  /** To that member, or to the best one. From any thread. */
  CompletableFuture<Void> to(@Nullable String member) {
    if (member == null) {
      return members
          .heir()
          .map(raft::transfer)
          .orElseGet(
              () ->
                  CompletableFuture.failedFuture(
                      new LogUnavailableException("no other member that could lead is in reach")));
    }
    var address = config.log().members().get(member);
    if (address == null || address.witness()) {
      return CompletableFuture.failedFuture(
          new IllegalArgumentException(
              address == null
                  ? "there is no member " + member
                  : member + " is a witness and leads nobody"));
    }
    return raft.transfer(member);
  }

  /** A witness leads. */
  void tickWitness(boolean leads) {
    if (!leads) {
      warning = null;
    } else if (!handingOn && System.nanoTime() - notBefore >= 0) {
      Optional<String> heir = members.heir();
      if (heir.isPresent()) {
        handOn(heir.get());
      } else {
        warning =
            WarningCode.WITNESS_LEADS.with(
                "this witness leads, and no other member is in reach: nobody ingests");
      }
    }
  }

  /**
   * Leadership follows traffic.
   *
   * @param away whether this node leads, is done with its sinks, and traffic does not come here
   */
  void tickVip(boolean away) {
    if (!away) {
      elsewhere = null;
      warning = null;
      return;
    }
    long now = System.nanoTime();
    String holder = members.holderOfVip().orElse(null);
    if (holder == null || !holder.equals(elsewhere)) {
      elsewhere = holder;
      elsewhereSince = now;
    }
    warning =
        WarningCode.VIP_ELSEWHERE.with(
            "this node leads, but none of promotion.vip is on this host: nothing is ingested; "
                + (holder == null ? "no other member holds it" : holder + " holds it"));
    if (holder != null
        && !handingOn
        && now - elsewhereSince >= tuning.holdDown().toNanos()
        && now - notBefore >= 0) {
      handOn(holder);
    }
  }

  private void handOn(String heir) {
    handingOn = true;
    notBefore = System.nanoTime() + tuning.transferPause().toNanos();
    log.info("handing leadership to {}", heir);
    var unused =
        raft.transfer(heir)
            .whenComplete(
                (done, error) ->
                    loop.execute(
                        () -> {
                          handingOn = false;
                          if (error != null) {
                            log.warn("{} did not take the lead: {}", heir, error.toString());
                          }
                        }));
  }
}
