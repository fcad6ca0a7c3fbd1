package io.ssyncd.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.ssyncd.testkit.Cluster;
import io.ssyncd.testkit.ClusterSpec;
import io.ssyncd.testkit.Member;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Half an hour of traffic with a fault every half minute: nothing that was acknowledged is lost,
 * nothing stands still, nothing grows.
 *
 * <p>{@code ssyncd.soak.minutes} is its length, {@code ssyncd.seed} draws the same faults again;
 * who leads when one strikes is up to the cluster. The figures are in the test's output.
 */
@Tag("soak")
@ExtendWith(ShowsLogsOnFailure.class)
class SoakTest {
  private static final Logger log = LoggerFactory.getLogger(SoakTest.class);
  private static final long SEED = Long.getLong("ssyncd.seed", System.nanoTime());
  private static final Duration LENGTH =
      Duration.ofMinutes(Integer.getInteger("ssyncd.soak.minutes", 30));
  private static final Duration FAULT_EVERY = Duration.ofSeconds(30);

  /** Minutes' figures are taken this long after a fault: nobody is suspended any more. */
  private static final Duration SAMPLE_AFTER_FAULT = Duration.ofSeconds(20);

  private static final Duration SAMPLE_EVERY = Duration.ofMinutes(1);

  /** How late a fault may be because the one before it is not got over. */
  private static final Duration RECOVERY = Duration.ofMinutes(1);

  private static final Duration LONGEST_STALL = Duration.ofSeconds(5);

  /** A session's life, 180 s of grace for what no Pound deletes, 10,000 of that each 30 s. */
  private static final Duration DRAIN = Duration.ofMinutes(12);

  private static final Duration TICK = Duration.ofMillis(50);

  @TempDir Path dir;

  private Cluster cluster;
  private SoakWatch watch;
  private SoakFaults faults;
  private final SoakTraffic traffic = new SoakTraffic();
  private final SoakFigures figures = new SoakFigures();
  private CompletableFuture<Void> sampling = CompletableFuture.completedFuture(null);
  private long start;
  private long nextFault;
  private long nextSample;
  private boolean marking;

  @Test
  @Timeout(value = 5, unit = TimeUnit.HOURS)
  void underFaultsNothingIsLostNothingStandsStillNothingGrows() {
    log.info("-Dssyncd.seed={} -Dssyncd.soak.minutes={}", SEED, LENGTH.toMinutes());
    cluster =
        ClusterSpec.in(dir)
            .defaultElectionTimeout()
            .farm(SoakTraffic.FARM, SoakTraffic.SHAPE)
            .farm(SoakTraffic.MARKS, "2x86400")
            .environment("SSYNCD_JAVA_OPTS", "")
            .build();
    try (Cluster closed = cluster) {
      closed.startPounds().start().awaitLeader();
      watch = SoakWatch.begin(cluster, SoakTraffic.FARM);
      try (SoakWatch ended = watch) {
        faults = new SoakFaults(cluster, ended, SEED);
        soak();
        sampling.join();
        report();
        assertThat(watch.stall().length()).as("stall " + watch.stall()).isLessThan(LONGEST_STALL);
      }
      assertNothingIsLost();
      assertAllExpires();
      assertThat(figures.growth(faults.elder().name(), LENGTH.toSeconds())).isEmpty();
    }
  }

  private void soak() {
    cluster.awaitThat("a leader is seen", () -> leader().isPresent());
    watch.reset();
    start = System.nanoTime();
    nextFault = start + FAULT_EVERY.toNanos();
    nextSample = start + SAMPLE_AFTER_FAULT.toNanos();
    long end = start + LENGTH.toNanos();
    Awaitility.await()
        .pollInSameThread()
        .pollDelay(Duration.ZERO)
        .pollInterval(TICK)
        .atMost(LENGTH.plus(RECOVERY.multipliedBy(2)))
        .until(() -> tick() && System.nanoTime() - end >= 0);
    traffic.stop();
  }

  /** Whether the cluster is whole and the last fault is over. */
  private boolean tick() {
    faults.tick();
    Optional<Member> leader = leader();
    leader.filter(member -> !faults.suspends(member)).ifPresent(traffic::tick);
    boolean whole = faults.over() && watch.whole(cluster.members().size());
    long late = System.nanoTime() - nextFault;
    if (late >= 0 && whole && leader.isPresent()) {
      strikeWhenMarked(leader.get());
    }
    assertThat(Duration.ofNanos(late))
        .withFailMessage(() -> "not whole after a fault: " + watch.report() + cluster.describe())
        .isLessThan(RECOVERY);
    if (whole && System.nanoTime() - nextSample >= 0 && sampling.isDone()) {
      sample();
    }
    return whole && !marking;
  }

  /** Before each fault the leader's Pound must hold all marks so far, and gets new ones. */
  private void strikeWhenMarked(Member leader) {
    if (!marking) {
      assertThat(traffic.missing(leader)).as("marks missing at " + leader.name()).isEmpty();
      traffic.mark(leader);
      marking = true;
    } else if (traffic.acknowledged(count(leader, SoakTraffic.MARKS))) {
      marking = false;
      nextFault += FAULT_EVERY.toNanos();
      faults.strike(leader);
    }
  }

  private void sample() {
    nextSample += SAMPLE_EVERY.toNanos();
    long seconds = Duration.ofNanos(System.nanoTime() - start).toSeconds();
    String leader = watch.leader().orElse("");
    record Taken(Member member, long pid) {}
    var processes = cluster.members().stream().map(m -> new Taken(m, m.daemon().pid())).toList();
    sampling =
        CompletableFuture.runAsync(
            () ->
                processes.forEach(
                    one ->
                        figures.sample(
                            one.member,
                            one.pid,
                            seconds,
                            one.member.name().equals(leader),
                            count(one.member, SoakTraffic.FARM))));
  }

  private Optional<Member> leader() {
    return watch.leader().map(cluster::member).filter(Member::alive);
  }

  private int count(Member member, String farm) {
    return watch.status(member.name()).map(status -> count(status, farm)).orElse(0);
  }

  private static int count(JsonNode status, String farm) {
    return status.path("sessions").path("http").path(farm).asInt();
  }

  private void report() {
    log.info(
        "\n-Dssyncd.seed={} -Dssyncd.soak.minutes={}\nfaults {}{}{}{}",
        SEED,
        LENGTH.toMinutes(),
        faults.report(),
        traffic.report(),
        watch.report(),
        figures.table());
  }

  private void assertNothingIsLost() {
    Member leader = cluster.awaitLeader();
    cluster.awaitThat(
        "all tables are equal, and hold what the leader's Pound does; what expired as well",
        () -> {
          JsonNode status = cluster.awaitEqual();
          return count(status, SoakTraffic.FARM)
              >= leader.pound(SoakTraffic.FARM).sessions().size();
        });
    JsonNode equal = cluster.awaitCount("http", SoakTraffic.MARKS, traffic.marks());
    log.info("all equal: {} {}", equal.path("sessions").path("http"), equal.path("digest"));
    assertThat(traffic.missing(leader)).as("marks missing at " + leader.name()).isEmpty();
  }

  /** No session stays behind that nobody asked for any more. */
  private void assertAllExpires() {
    Awaitility.await()
        .pollInSameThread()
        .atMost(DRAIN)
        .untilAsserted(
            () ->
                assertThat(cluster.statuses())
                    .hasSameSizeAs(cluster.members())
                    .allMatch(status -> count(status, SoakTraffic.FARM) == 0));
    cluster.awaitCount("http", SoakTraffic.MARKS, traffic.marks());
  }
}
