package io.ssyncd.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ssyncd.testkit.BalancerNetwork;
import io.ssyncd.testkit.Cluster;
import io.ssyncd.testkit.ClusterSpec;
import io.ssyncd.testkit.Member;
import io.ssyncd.testkit.NetworkNamespace;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Of three balancers two die; the third gets the address, serves, and learns. */
@ExtendWith(ShowsLogsOnFailure.class)
class ServedAloneTest {
  private static final String VIP = "198.51.100.100";
  private static final int BEFORE = 100;
  private static final int ALONE = 50;

  @TempDir Path dir;
  private BalancerNetwork network;
  private Cluster cluster;

  @BeforeEach
  void start() throws Exception {
    assumeTrue(NetworkNamespace.allowed(), "root makes network namespaces");
    network = BalancerNetwork.of(3);
    cluster =
        ClusterSpec.in(dir)
            .on(network.hosts())
            .defaultElectionTimeout()
            .farm("f1", Farms.LASTING)
            .line("promotion.vip = [\"" + VIP + "\"]")
            .line("promotion.deadline = 2 s")
            // It is not the hold-down that brings leadership to the address here.
            .line("promotion.hold-down = 10 m")
            .build();
    cluster.startPounds().start();
  }

  @AfterEach
  void stop() throws Exception {
    if (cluster != null) {
      cluster.close();
    }
    if (network != null) {
      network.close();
    }
  }

  private Member awaitElected(List<Member> of) {
    return cluster.await(
        "an elected member that is done with its sinks",
        () ->
            of.stream()
                .filter(
                    one ->
                        one.status()
                            .filter(s -> s.path("state").asText().equals("VERIFIED"))
                            .isPresent())
                .findFirst());
  }

  @Test
  void whatOneLearnedAloneIsInTheClusterAlthoughAnotherWasElectedAfterwards() throws Exception {
    Member first = awaitElected(cluster.members());
    network.of(first).address(VIP);
    assertThat(cluster.awaitLeader()).isSameAs(first);
    first.pound("f1").traffic("before-", BEFORE);
    cluster.awaitSessions("f1", BEFORE);
    List<String> before = first.pound("f1").sessions();

    Member survivor = cluster.followers().get(0);
    List<Member> dead = new ArrayList<>(cluster.members());
    dead.remove(survivor);
    dead.forEach(Member::losePower);
    network.of(first).run("ip", "addr", "del", VIP + "/32", "dev", "lo");
    network.of(survivor).address(VIP);

    cluster.awaitThat(
        "the survivor wrote by itself what it knew",
        () -> survivor.pound("f1").sessions().equals(before));
    cluster.awaitThat("it says that it serves alone", () -> survivor.warns("served-alone"));
    assertThat(VipObserver.track(survivor)).isEqualTo(50);
    assertThat(survivor.status().orElseThrow().path("keepalived").path("trackWhy").asText())
        .contains("no majority");
    survivor.pound("f1").traffic("alone-", ALONE);

    // So that another one is elected.
    survivor.suspend();
    cluster.startPounds();
    dead.forEach(Member::start);
    Member elected = awaitElected(dead);
    survivor.resume();

    assertThat(cluster.awaitLeader()).isSameAs(survivor).isNotSameAs(elected);
    cluster.awaitSessions("f1", BEFORE + ALONE);
    cluster.awaitThat("it owes nothing any more", () -> !survivor.warns("served-alone"));
    cluster.awaitThat("it is ready", () -> VipObserver.track(survivor) == 100);
  }
}
