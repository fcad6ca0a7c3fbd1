package io.ssyncd.log.atomix;

import io.ssyncd.log.LogConfig;
import io.ssyncd.log.atomix.net.Transport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a member without a log comes into its cluster. It asks those that its configuration names,
 * over and over:
 *
 * <ul>
 *   <li>a majority of them, itself included, has no log either, and nobody in reach has one: this
 *       is a new cluster, and its members are those of the configuration;
 *   <li>somebody has a log, and this member is to be one: it takes the members from there and lets
 *       itself be filled. If it votes already, it has lost its directory: see {@link Amnesia};
 *       enough of the others have to be in reach for that;
 *   <li>it is no member, or nobody answers: it goes on asking. It forms no cluster by itself.
 * </ul>
 *
 * <p>On the thread of {@link Peers}, until it is admitted.
 */
final class Admission {
  private static final Logger log = LoggerFactory.getLogger(Admission.class);

  private static final String SUBJECT = "ssyncd-meet";
  private static final Duration ASK = Duration.ofMillis(100);
  private static final Duration ANSWER = Duration.ofSeconds(1);
  private static final byte[] NONE = new byte[0];

  private final LogConfig config;
  private final Transport transport;
  private final Membership membership;
  private final Embedding embedding;
  private final ScheduledExecutorService thread;
  private final Map<String, Acquaintance> met = new HashMap<>();
  private volatile boolean admitted;
  private volatile @Nullable String waiting;

  Admission(
      LogConfig config,
      Transport transport,
      Membership membership,
      Embedding embedding,
      ScheduledExecutorService thread) {
    this.config = config;
    this.transport = transport;
    this.membership = membership;
    this.embedding = embedding;
    this.thread = thread;
  }

  /** Answers from now on, and asks if this member has no log. */
  void start() {
    transport.handle(
        SUBJECT, (from, bytes) -> embedding.place().acquaintance().thenApply(Acquaintance::encode));
    if (embedding.place().formed()) {
      admitted = true;
    } else if (config.members().size() == 1) {
      admit(null, LastEntry.EMPTY, 0);
    } else {
      thread.execute(this::ask);
    }
  }

  void stop() {
    transport.unhandle(SUBJECT);
  }

  /** What is waited for, in words; null if nothing is, or nobody has answered. */
  @Nullable String waiting() {
    return admitted ? null : waiting;
  }

  /** Whether this member has a place in its cluster. */
  boolean admitted() {
    return admitted;
  }

  private void ask() {
    if (admitted || thread.isShutdown()) {
      return;
    }
    List<String> others = others(membership.roster().members().keySet());
    met.keySet().retainAll(others);
    for (String other : others) {
      var unused =
          transport
              .ask(other, SUBJECT, NONE, ANSWER)
              .whenCompleteAsync((bytes, error) -> answered(other, bytes), thread);
    }
    var unused = thread.schedule(this::ask, ASK.toMillis(), TimeUnit.MILLISECONDS);
  }

  private List<String> others(Iterable<String> members) {
    List<String> others = new ArrayList<>();
    members.forEach(
        member -> {
          if (!member.equals(config.member())) {
            others.add(member);
          }
        });
    return others;
  }

  private void answered(String other, byte @Nullable [] bytes) {
    if (admitted) {
      return;
    }
    try {
      if (bytes == null) {
        met.remove(other);
      } else {
        met.put(other, Acquaintance.decode(bytes));
        decide();
      }
    } catch (IllegalArgumentException e) {
      log.warn("{} answers with {}: ignored", other, e.getMessage());
    } catch (RuntimeException e) {
      log.error("this member cannot take its place", e);
    }
  }

  private void decide() {
    Acquaintance best =
        met.values().stream()
            .filter(Acquaintance::formed)
            .max(Comparator.comparing((Acquaintance one) -> one.configuration().index()))
            .orElse(null);
    if (best != null) {
      join(best);
    } else if (met.size() + 1 > config.members().size() / 2) {
      log.info("{} and {} begin a new cluster", config.member(), met.keySet());
      admit(null, LastEntry.EMPTY, 0);
    }
  }

  private void join(Acquaintance best) {
    membership.adopt(best.roster());
    String self = config.member();
    if (!best.configuration().types().containsKey(self)) {
      waiting = self + " is no member of this cluster yet";
    } else if (!best.configuration().votes(self)) {
      log.info("{} was taken into the cluster and is filled by the others", self);
      admit(best, LastEntry.EMPTY, best.term());
    } else {
      rejoin(best);
    }
  }

  private void rejoin(Acquaintance best) {
    List<String> voters = others(best.configuration().voters());
    int needed = Math.min(voters.size(), (voters.size() + 1) / 2 + 1);
    List<Acquaintance> heard =
        voters.stream().map(met::get).filter(java.util.Objects::nonNull).toList();
    if (heard.size() < needed) {
      waiting =
          String.format(
              "%s has lost its log and does not know what it promised: %d of %s have to be in"
                  + " reach, and %d are",
              config.member(), needed, voters, heard.size());
      return;
    }
    LastEntry owed =
        heard.stream()
            .map(Acquaintance::end)
            .max(Comparator.naturalOrder())
            .orElse(LastEntry.EMPTY);
    long term = heard.stream().mapToLong(Acquaintance::term).max().orElse(0);
    log.info(
        "{} is a member without a log: it is filled by the others, and votes as others do from"
            + " entry {} on",
        config.member(),
        owed.index());
    admit(best, owed, term);
  }

  private void admit(@Nullable Acquaintance by, LastEntry owed, long term) {
    admitted = true;
    waiting = null;
    embedding.place().form(by == null ? null : by.configuration(), owed, term);
  }
}
