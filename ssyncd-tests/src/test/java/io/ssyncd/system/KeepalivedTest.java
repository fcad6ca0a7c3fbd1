package io.ssyncd.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ssyncd.testkit.BalancerNetwork;
import io.ssyncd.testkit.Cluster;
import io.ssyncd.testkit.KeepalivedProcess;
import io.ssyncd.testkit.Member;
import io.ssyncd.testkit.NetworkNamespace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Real keepalived, as deploy/keepalived configures it, on three balancers apart with real kernel
 * tables: the address waits for the sessions, or leadership follows the address.
 */
@ExtendWith(ShowsLogsOnFailure.class)
class KeepalivedTest {
  private static final Logger log = LoggerFactory.getLogger(KeepalivedTest.class);
  private static final int SESSIONS = 300;
  private static final int ENTRIES = 60;

  @TempDir Path dir;
  private VipCluster balancers;
  private Cluster cluster;

  @BeforeEach
  void isPossible() {
    assumeTrue(NetworkNamespace.allowed(), "root makes network namespaces");
    assumeTrue(KeepalivedProcess.installed(), "there is a keepalived");
  }

  @AfterEach
  void stop() throws Exception {
    if (balancers != null) {
      balancers.close();
    }
  }

  private Member start(String example, String... lines) throws Exception {
    balancers = new VipCluster(dir, example, lines);
    cluster = balancers.cluster();
    balancers.start();
    Member master = balancers.awaitMaster();
    master.pound(VipCluster.FARM).traffic("first-", SESSIONS);
    Path table = balancers.network().of(master).recentTables().resolve(VipCluster.TABLE);
    for (int i = 1; i <= ENTRIES; i++) {
      Files.writeString(table, "+203.0.113." + i);
    }
    cluster.awaitCount("http", VipCluster.FARM, SESSIONS);
    cluster.awaitCount("recent", VipCluster.TABLE, ENTRIES);
    return master;
  }

  @ParameterizedTest
  @ValueSource(strings = {"vip-follows-leader.conf", "leadership-follows-vip.conf"})
  void keepalivedFindsNothingWrongWithAnExample(String example) throws Exception {
    try (BalancerNetwork network = BalancerNetwork.of(1)) {
      KeepalivedProcess.check(network.namespaces().get(0), VipCluster.EXAMPLES.resolve(example));
    }
  }

  @Test
  void withTheStrictGateTheAddressComesAfterTheSessionsInThreeRounds() throws Exception {
    strictRounds(3);
  }

  @Test
  @Tag("long")
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void withTheStrictGateTheAddressComesAfterTheSessionsInTwentyRounds() throws Exception {
    strictRounds(20);
  }

  private void strictRounds(int rounds) throws Exception {
    Member master =
        start("vip-follows-leader.conf", "promotion.gate = strict", "promotion.deadline = 60 s");
    VipObserver observer = new VipObserver(balancers);
    observer.expect(master.pound(VipCluster.FARM).sessions(), balancers.entries(master));
    Pauses addresses = new Pauses();
    Pauses verified = new Pauses();
    for (int round = 1; round <= rounds; round++) {
      Member dead = master;
      List<Member> living = new ArrayList<>(cluster.members());
      living.remove(dead);
      long died = System.nanoTime();
      balancers.die(dead);
      observed(
          observer,
          living,
          "a balancer that is ready",
          () -> living.stream().filter(one -> VipObserver.track(one) == 100).findFirst());
      verified.add(died, System.nanoTime());
      Member heir =
          observed(
              observer,
              living,
              "the address on one that lives",
              () -> living.stream().filter(balancers::holdsVip).findFirst());
      addresses.add(died, System.nanoTime());

      balancers.boot(dead);
      master =
          observed(
              observer,
              cluster.members(),
              "all three in sync, one with the address, which collects",
              this::master);
      log.info("round {}: from {} to {}", round, dead.name(), heir.name());
    }
    observer.check();
    log.info("kill -9 of the leader's machine to the next one being ready: {}", verified);
    log.info("kill -9 of the leader's machine to the address on the next one: {}", addresses);
  }

  private <T> T observed(
      VipObserver observer, List<Member> living, String what, Supplier<Optional<T>> look) {
    try {
      return cluster.await(
          what,
          () -> {
            observer.look(living);
            return look.get();
          });
    } catch (AssertionError e) {
      e.addSuppressed(new IllegalStateException(balancers.whatKeepalivedSaid()));
      throw e;
    }
  }

  /** The one that holds the address and collects, once all three are in sync. */
  private Optional<Member> master() {
    List<Member> holders = balancers.holders(cluster.members());
    boolean whole =
        holders.size() == 1
            && VipCluster.ingests(holders.get(0))
            && cluster.statuses().size() == 3
            && cluster.statuses().stream().allMatch(status -> status.path("inSync").asBoolean());
    return whole ? Optional.of(holders.get(0)) : Optional.empty();
  }

  @Test
  @Tag("long")
  void leadershipFollowsTheAddressButNotItsFlaps() throws Exception {
    // By its priority lb1; on a busy machine another may have been faster.
    Member first =
        start(
            "leadership-follows-vip.conf",
            "promotion.follow-vip = true",
            "promotion.hold-down = 5 m");
    List<Member> others = new ArrayList<>(cluster.members());
    others.remove(first);
    Member second = others.get(0);

    moveTo(second);
    assertThat(balancers.awaitMaster()).isSameAs(second);
    assertThat(second.pound(VipCluster.FARM).sessions()).hasSize(SESSIONS);
    second.pound(VipCluster.FARM).traffic("second-", SESSIONS);
    cluster.awaitCount("http", VipCluster.FARM, 2 * SESSIONS);
    long asked = asked(first) + asked(second);
    assertThat(asked(second)).as("how often it asked for leadership").isPositive();

    for (int i = 0; i < 2; i++) {
      moveTo(first);
      awaitKnown(first, "here");
      moveTo(second);
      awaitKnown(second, "here");
    }

    cluster.awaitThat("flaps are warned of", () -> first.warns("vip-flaps"));
    assertThat(asked(first) + asked(second))
        .as("how often it was asked for, flaps included")
        .isEqualTo(asked);
  }

  /** How often a member asked for leadership, by its log. */
  private static long asked(Member member) {
    return member.output().lines().filter(line -> line.contains("asking for leadership")).count();
  }

  /** By the priorities, as an operator does it. */
  private void moveTo(Member member) {
    for (Member each : cluster.members()) {
      balancers.configure(each, each == member ? 103 : 50);
      balancers.keepalived(each).reload();
    }
    cluster.awaitThat(
        "the address on " + member.name(),
        () -> balancers.holders(cluster.members()).equals(List.of(member)));
  }

  private void awaitKnown(Member member, String vip) {
    cluster.awaitThat(
        member.name() + " knows that the address is " + vip,
        () ->
            member
                .status()
                .filter(s -> s.path("keepalived").path("vip").asText().equals(vip))
                .isPresent());
  }

  /** By {@code vrrp_track_process}: what the daemon left in its track file is not believed. */
  @Test
  void aDaemonThatIsKilledAloneLosesTheAddressThoughNobodyResetsItsTrackFile() throws Exception {
    Member master = start("vip-follows-leader.conf", "promotion.gate = strict");
    master.kill();
    cluster.awaitThat("no address on it", () -> !balancers.holdsVip(master));
    assertThat(VipObserver.track(master)).as("what kill -9 leaves").isEqualTo(100);
    Member heir = balancers.awaitMaster();
    assertThat(heir).isNotSameAs(master);
    assertThat(heir.pound(VipCluster.FARM).sessions()).hasSize(SESSIONS);
    assertThat(balancers.keepalived(master).said()).contains("Quorum lost for tracked process");
  }

  @Test
  @Tag("long")
  void aDaemonThatIsKilledAloneLosesTheAddressToTheNextLeader() throws Exception {
    Member master = start("vip-follows-leader.conf", "promotion.gate = strict");
    master.kill();
    List<Member> others = new ArrayList<>(cluster.members());
    others.remove(master);
    Member heir =
        cluster.await(
            "a balancer that is ready",
            () -> others.stream().filter(one -> VipObserver.track(one) == 100).findFirst());
    assertThat(VipObserver.track(master)).as("what kill -9 leaves").isEqualTo(100);
    balancers.afterItsEnd(master);
    assertThat(VipObserver.track(master)).isZero();
    cluster.awaitThat(
        "the address on the next leader alone",
        () -> balancers.holders(cluster.members()).equals(List.of(heir)));
    cluster.awaitThat("it collects", () -> VipCluster.ingests(heir));
    assertThat(heir.pound(VipCluster.FARM).sessions()).hasSize(SESSIONS);
  }
}
