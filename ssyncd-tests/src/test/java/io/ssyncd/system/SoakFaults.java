package io.ssyncd.system;

import io.ssyncd.testkit.Cluster;
import io.ssyncd.testkit.Command;
import io.ssyncd.testkit.Member;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Draws faults from a seed and does them, without waiting for their ends: {@link #tick} brings back
 * what is due. One member, {@link #elder}, is never killed nor restarted, so that one process lives
 * through the whole soak and what it holds can be compared over time; whatever else happens to it.
 *
 * <p>Used by one thread.
 */
final class SoakFaults {
  private static final Logger log = LoggerFactory.getLogger(SoakFaults.class);
  private static final Duration SUSPENDED = Duration.ofSeconds(5);
  private static final Duration DEAD = Duration.ofSeconds(3);

  private record Due(long at, Runnable what) {}

  private final Cluster cluster;
  private final SoakWatch watch;
  private final SplittableRandom random;
  private final List<Due> due = new ArrayList<>();
  private final Map<SoakFault, Integer> done = new EnumMap<>(SoakFault.class);
  private Optional<Member> suspended = Optional.empty();
  private final List<CompletableFuture<Command.Result>> transfers = new ArrayList<>();

  SoakFaults(Cluster cluster, SoakWatch watch, long seed) {
    this.cluster = cluster;
    this.watch = watch;
    this.random = new SplittableRandom(seed);
  }

  /** The one that lives on. */
  Member elder() {
    return cluster.members().get(cluster.members().size() - 1);
  }

  /** The next fault, to a cluster with this leader. */
  void strike(Member leader) {
    SoakFault fault = SoakFault.values()[random.nextInt(SoakFault.values().length)];
    int draw = random.nextInt(Integer.MAX_VALUE);
    if (fault == SoakFault.KILL_LEADER && leader == elder()) {
      fault = SoakFault.TRANSFER;
    }
    Member victim = victim(fault, leader, draw);
    log.info("{} {}, led by {}", fault, victim.name(), leader.name());
    watch.phase(fault + " " + victim.name());
    done.merge(fault, 1, Integer::sum);
    switch (fault) {
      case KILL_LEADER, KILL_FOLLOWER -> {
        victim.kill();
        // A daemon that is killed may leave its Pound deaf, and so, in time, all of them.
        cluster.restartAPoundIfAllAreDeaf(victim);
        after(DEAD, victim::start);
      }
      case SUSPEND -> {
        victim.daemon().suspend();
        suspended = Optional.of(victim);
        after(SUSPENDED, () -> resume(victim));
      }
      case RESTART -> {
        Command.run(List.of("kill", Long.toString(victim.daemon().pid()))).ok();
        after(Duration.ZERO, () -> startWhenDead(victim));
      }
      case TRANSFER -> transfers.add(CompletableFuture.supplyAsync(() -> transfer(victim)));
      case RESTART_POUND ->
          victim
              .pounds()
              .values()
              .forEach(
                  pound -> {
                    pound.kill();
                    pound.start();
                  });
    }
  }

  private static Command.Result transfer(Member to) {
    Command.Result result = to.ctl("switch", "master");
    if (result.exit() != 0) {
      log.info("switch master at {}: {} {}", to.name(), result.exit(), result.err().strip());
    }
    return result;
  }

  private Member victim(SoakFault fault, Member leader, int draw) {
    List<Member> candidates =
        cluster.members().stream()
            .filter(
                member ->
                    switch (fault) {
                      case KILL_LEADER -> member == leader;
                      case KILL_FOLLOWER -> member != leader && member != elder();
                      case RESTART -> member != elder();
                      case TRANSFER, RESTART_POUND -> member != leader;
                      case SUSPEND -> true;
                    })
            .toList();
    return candidates.get(draw % candidates.size());
  }

  private void resume(Member victim) {
    victim.daemon().resume();
    suspended = Optional.empty();
  }

  /**
   * Whether its daemon stands still, by our doing. Its Pounds wait for it, and so would whoever
   * asks them for more than their counters.
   */
  boolean suspends(Member member) {
    return suspended.filter(member::equals).isPresent();
  }

  private void startWhenDead(Member member) {
    if (member.alive()) {
      after(Duration.ofMillis(100), () -> startWhenDead(member));
    } else {
      member.start();
    }
  }

  private void after(Duration time, Runnable what) {
    due.add(new Due(System.nanoTime() + time.toNanos(), what));
  }

  /** Does what is due; fails if a daemon died that nobody killed. */
  void tick() {
    long now = System.nanoTime();
    for (Due one : List.copyOf(due)) {
      if (one.at - now <= 0) {
        due.remove(one);
        one.what.run();
      }
    }
    if (due.isEmpty() && cluster.running().size() < cluster.members().size()) {
      throw new AssertionError("a daemon ended by itself" + cluster.describe());
    }
  }

  /** Whether all that was struck was brought back. */
  boolean over() {
    return due.isEmpty() && transfers.stream().allMatch(CompletableFuture::isDone);
  }

  /** How many of each, one line. */
  String report() {
    long refused = transfers.stream().filter(t -> t.join().exit() != 0).count();
    int all = done.values().stream().mapToInt(Integer::intValue).sum();
    return all + " " + done + "; transfers that were refused: " + refused + "\n";
  }
}
