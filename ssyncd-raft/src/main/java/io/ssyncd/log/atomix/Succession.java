package io.ssyncd.log.atomix;

import io.ssyncd.log.LogConfig;
import io.ssyncd.log.LogMember;
import io.ssyncd.log.LogUnavailableException;
import io.ssyncd.log.Role;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands leadership on. In Atomix the member that shall lead asks the leader to step down and stands
 * for election at once; so it is that member that has to be asked.
 */
final class Succession {
  private static final Logger log = LoggerFactory.getLogger(Succession.class);

  /** The order of names, for those who know none better. */
  static final Comparator<LogMember> BY_NAME =
      Comparator.comparing(LogMember::name, Comparator.reverseOrder());

  private static final Duration POLL = Duration.ofMillis(10);

  private final LogConfig config;
  private final Member member;

  Succession(LogConfig config, Member member) {
    this.config = config;
    this.member = member;
  }

  /** Done once that member leads, {@link LogUnavailableException} if it does not in time. */
  CompletableFuture<Void> to(String heir, Duration timeout) {
    if (heir.equals(member.embedding.view().leader())) {
      return CompletableFuture.completedFuture(null);
    }
    CompletableFuture<Void> asked =
        heir.equals(config.member())
            ? member.embedding.lead()
            : member.peers.askToLead(heir, timeout);
    CompletableFuture<Void> leads = new CompletableFuture<>();
    var unused =
        asked.whenComplete(
            (ok, error) -> {
              if (error != null) {
                leads.completeExceptionally(error);
              } else {
                awaitLeader(heir, leads);
              }
            });
    return leads
        .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
        .exceptionallyCompose(
            error ->
                CompletableFuture.failedFuture(
                    new LogUnavailableException(
                        heir + " did not take the lead: " + why(error, timeout), error)));
  }

  /** For operators: not the names of the classes that failed. */
  private static String why(Throwable error, Duration timeout) {
    Throwable cause =
        error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
    if (cause instanceof TimeoutException) {
      return "no majority followed it within " + timeout.toMillis() + " ms";
    }
    return cause.getMessage() == null ? cause.toString() : cause.getMessage();
  }

  private void awaitLeader(String heir, CompletableFuture<Void> leads) {
    if (heir.equals(member.embedding.view().leader())) {
      leads.complete(null);
    } else if (!leads.isDone() && !member.peersThread.isShutdown()) {
      var unused =
          member.peersThread.schedule(
              () -> awaitLeader(heir, leads), POLL.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  /**
   * The voters in reach that could lead instead of a member, the best first, witnesses last; see
   * {@link io.ssyncd.log.ReplicatedLog#preferHeirs}.
   */
  List<String> heirs(String of) {
    return member.members().stream()
        .filter(other -> !other.name().equals(of) && other.reachable() && other.voter())
        .sorted(
            Comparator.comparing(LogMember::witness)
                .thenComparing(member.merit().reversed())
                .thenComparing(LogMember::name))
        .map(LogMember::name)
        .toList();
  }

  /** If this member leads: tries one member in reach after the other. */
  void handOver(Duration timeout) {
    if (member.embedding.view().role() != Role.LEADER) {
      return;
    }
    long end = System.nanoTime() + timeout.toNanos();
    for (String heir : heirs(config.member())) {
      Duration left = Duration.ofNanos(end - System.nanoTime());
      if (left.isNegative() || left.isZero() || tookOver(heir, left)) {
        return;
      }
    }
  }

  /** True also when there is no use in going on. */
  private boolean tookOver(String heir, Duration timeout) {
    try {
      to(heir, timeout).get(timeout.toMillis() + POLL.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    } catch (ExecutionException | TimeoutException e) {
      log.info("{} did not take over: {}", heir, String.valueOf(e.getMessage()));
      return false;
    }
  }
}
