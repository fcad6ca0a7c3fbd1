package io.ssyncd.node;

import io.ssyncd.log.LogMember;
import io.ssyncd.log.LogUnavailableException;
import io.ssyncd.log.ReplicatedLog;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands leadership on: by an operator's word from any thread; on the node's thread off a witness,
 * off a node whose Pound is deaf, and to the member that traffic comes to.
 */
final class Transfers {
  private static final Logger log = LoggerFactory.getLogger(Transfers.class);

  /** The longest pause between two tries of a deaf node to be rid of leadership. */
  private static final Duration MOST_DEAF_PAUSE = Duration.ofMinutes(1);

  /**
   * The address of a dead leader's host moves while another one is elected, so the first try often
   * comes to nothing, and sessions are not kept until the second.
   */
  private static final Duration FIRST_ASK_PAUSE = Duration.ofMillis(250);

  private final NodeTuning tuning;
  private final Duration holdDown;
  private final NodeLoop loop;
  private final ReplicatedLog raft;
  private final Members members;
  private final Backoff askPause;
  private boolean handingOn;
  private long elsewhereSince;
  private @Nullable String elsewhere;
  private long notBefore = System.nanoTime();
  private volatile @Nullable Warning warning;
  private final Backoff deafPause;
  private @Nullable Long deafSince;
  private volatile @Nullable Warning deafWarning;

  /**
   * @param holdDown for how long another member has to hold the address, and this one has to be
   *     done with its write, before leadership is handed to it
   */
  Transfers(
      NodeTuning tuning, Duration holdDown, NodeLoop loop, ReplicatedLog raft, Members members) {
    this.tuning = tuning;
    this.holdDown = holdDown;
    this.loop = loop;
    this.raft = raft;
    this.members = members;
    this.deafPause = new Backoff(tuning.transferPause(), MOST_DEAF_PAUSE);
    this.askPause = new Backoff(FIRST_ASK_PAUSE, tuning.transferPause());
  }

  @Nullable Warning warning() {
    return warning;
  }

  @Nullable Warning deafWarning() {
    return deafWarning;
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
    Optional<LogMember> heir =
        raft.members().stream().filter(one -> one.name().equals(member)).findFirst();
    if (heir.isEmpty() || heir.get().witness()) {
      return CompletableFuture.failedFuture(
          new IllegalArgumentException(
              heir.isEmpty()
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
        handOn(heir.get(), tuning.transferPause());
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
   * @param hearing what this node hears
   */
  void tickVip(boolean away, Hearing hearing) {
    if (!away) {
      elsewhere = null;
      warning = null;
      return;
    }
    long now = System.nanoTime();
    String holder = members.holderOfVip(hearing).orElse(null);
    if (holder == null || !holder.equals(elsewhere)) {
      elsewhere = holder;
      elsewhereSince = now;
    }
    warning =
        WarningCode.VIP_ELSEWHERE.with(
            "this node leads, but the address is not on this host: nothing is ingested; "
                + (holder == null
                    ? "no other member that could lead holds it"
                    : holder + " holds it"));
    if (holder != null
        && !handingOn
        && now - elsewhereSince >= holdDown.toNanos()
        && now - notBefore >= 0) {
      handOn(holder, tuning.transferPause());
    }
  }

  /**
   * A leader that cannot hear a Pound lets a member lead that hears more. Not before what the
   * others last told is younger than what this node found out; and less often each time, should a
   * Pound go deaf again and again.
   *
   * @param leads whether this node leads
   * @param hearing what it hears
   */
  void tickDeaf(boolean leads, Hearing hearing) {
    long now = System.nanoTime();
    if (!hearing.isDeaf()) {
      deafPause.reset();
    }
    if (!leads || !hearing.isDeaf()) {
      deafSince = null;
      deafWarning = null;
      return;
    }
    long since = deafSince == null ? now : deafSince;
    deafSince = since;
    if (now - since < tuning.noticeAge().toNanos()) {
      return;
    }
    String heir = members.betterHearing(hearing, raft.status()).orElse(null);
    Warning found =
        WarningCode.DEAF_LEADS.with(
            "this node leads, but the Pound of "
                + hearing.deafFarms()
                + " tells of no session, and none is collected from it: "
                + (heir == null
                    ? "no other member that could lead hears more; restart that Pound's worker"
                    : heir + " is to lead"));
    if (!found.equals(deafWarning)) {
      log.warn("{}", found.text());
    }
    deafWarning = found;
    if (heir != null && !handingOn && now - notBefore >= 0) {
      handOn(heir, deafPause.next());
    }
  }

  /**
   * Asks whoever leads to let this node lead; not while leadership is being handed on, nor again
   * before the pause is over, or one that begins short and doubles while it comes to nothing.
   */
  void ask(String self, String why, Duration pause) {
    if (!handingOn && System.nanoTime() - notBefore >= 0) {
      log.info("asking for leadership: {}", why);
      handOn(self, pause, askPause.next());
    }
  }

  private void handOn(String heir, Duration pause) {
    handOn(heir, pause, pause);
  }

  private void handOn(String heir, Duration pause, Duration pauseAfterNothing) {
    handingOn = true;
    notBefore = System.nanoTime() + pause.toNanos();
    log.info("handing leadership to {}", heir);
    var unused =
        raft.transfer(heir)
            .whenComplete(
                (done, error) ->
                    loop.execute(
                        () -> {
                          handingOn = false;
                          if (error == null) {
                            askPause.reset();
                          } else {
                            notBefore = System.nanoTime() + pauseAfterNothing.toNanos();
                            log.warn("{} did not take the lead: {}", heir, error.toString());
                          }
                        }));
  }
}
