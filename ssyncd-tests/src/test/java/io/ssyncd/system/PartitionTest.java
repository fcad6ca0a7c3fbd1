package io.ssyncd.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ssyncd.testkit.AcknowledgedSessions;
import io.ssyncd.testkit.BalancerNetwork;
import io.ssyncd.testkit.Clients;
import io.ssyncd.testkit.Cluster;
import io.ssyncd.testkit.ClusterSpec;
import io.ssyncd.testkit.Member;
import io.ssyncd.testkit.NetworkNamespace;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Cables and packets between balancers in network namespaces are lost while clients come. */
@ExtendWith(ShowsLogsOnFailure.class)
class PartitionTest {
  private static final Logger log = LoggerFactory.getLogger(PartitionTest.class);
  private static final int CLIENTS_PER_SECOND = 100;
  private static final int SOME = 50;

  @TempDir static Path dir;
  private static final AcknowledgedSessions acknowledged = new AcknowledgedSessions();
  private static BalancerNetwork network;
  private static Cluster cluster;
  private static Clients clients;
  private Member leader;
  private List<Member> followers;

  @BeforeAll
  static void start() throws Exception {
    assumeTrue(NetworkNamespace.allowed(), "root makes network namespaces");
    network = BalancerNetwork.of(3);
    cluster =
        ClusterSpec.in(dir)
            .on(network.hosts())
            .defaultElectionTimeout()
            .farm("f1", Farms.LASTING)
            .build();
    clients = new Clients(cluster, "f1", CLIENTS_PER_SECOND);
    cluster.startPounds().start().awaitLeader();
    acknowledged.watch(cluster);
  }

  /** Each test leaves the cluster healed. */
  @BeforeEach
  void clientsCome() {
    leader = cluster.awaitLeader();
    followers = cluster.followers();
    clients.come();
    awaitAcknowledged(leader);
  }

  @AfterAll
  static void stop() throws Exception {
    acknowledged.close();
    if (cluster != null) {
      cluster.close();
    }
    if (network != null) {
      network.close();
    }
  }

  /** Waits until so many more of a member's clients are acknowledged. */
  private void awaitAcknowledged(Member member) {
    long before = acknowledged.count(clients.at(member));
    cluster.awaitThat(
        SOME + " more clients of " + member.name() + " acknowledged",
        () -> acknowledged.count(clients.at(member)) >= before + SOME);
  }

  private Member awaitHeir() {
    return cluster.await(
        "clients of another leader acknowledged",
        () ->
            followers.stream()
                .filter(one -> acknowledged.count(clients.at(one)) >= SOME)
                .findFirst());
  }

  private static boolean ingests(Member member) {
    return member.status().filter(s -> s.path("state").asText().equals("INGESTING")).isPresent();
  }

  @Test
  void aLeaderThatIsCutOffStopsIngestingAndSaysSo() throws Exception {
    long cut = System.nanoTime();
    network.isolate(leader);
    cluster.awaitThat("the leader does not ingest any more", () -> !ingests(leader));
    log.info(
        "cut off, the leader stopped ingesting after {} ms; the election time-out is 500 ms",
        (System.nanoTime() - cut) / 1_000_000);
    cluster.awaitThat("it says that it has no quorum", () -> leader.ctl("status").exit() == 2);
    clients.leave(leader);
    leader.pound("f1").traffic("alone-", SOME);
    Member heir = awaitHeir();

    network.join(leader);

    assertThat(Healed.check(cluster, acknowledged, clients)).isSameAs(heir);
    assertThat(acknowledged.count("alone-")).isZero();
  }

  @Test
  void aFollowerWhoseWordsAreLostStopsNobody() throws Exception {
    network.loseFrom(followers.get(0), leader);
    cluster.awaitThat("the leader misses it", () -> leader.ctl("status").exit() == 1);
    awaitAcknowledged(leader);
    network.deliverFrom(followers.get(0), leader);
    Healed.check(cluster, acknowledged, clients);
  }

  @Test
  void aLeaderWhoseWordsAreLostIsReplaced() throws Exception {
    for (Member follower : followers) {
      network.loseFrom(leader, follower);
    }
    awaitHeir();
    cluster.awaitThat("the mute leader does not ingest any more", () -> !ingests(leader));
    for (Member follower : followers) {
      network.deliverFrom(leader, follower);
    }
    Healed.check(cluster, acknowledged, clients);
  }

  @Test
  void aLeaderWithABadPlugLosesNothing() throws Exception {
    network.flap(leader, 6, Duration.ofMillis(300));
    Healed.check(cluster, acknowledged, clients);
  }

  @Test
  @Tag("long")
  void aFollowerWithABadPlugLosesNothing() throws Exception {
    network.flap(followers.get(0), 6, Duration.ofMillis(300));
    awaitAcknowledged(cluster.awaitLeader());
    Healed.check(cluster, acknowledged, clients);
  }
}
