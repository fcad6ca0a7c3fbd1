package io.ssyncd.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ssyncd.testkit.BalancerNetwork;
import io.ssyncd.testkit.Cluster;
import io.ssyncd.testkit.ClusterSpec;
import io.ssyncd.testkit.Member;
import io.ssyncd.testkit.NetworkNamespace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Of three balancers two die; the third gets the address, serves, and learns. */
@ExtendWith(ShowsLogsOnFailure.class)
@Tag("long")
class ServedAloneTest {
  private static final String VIP = "198.51.100.100";
  private static final int BEFORE = 100;
  private static final int ALONE = 50;

  @TempDir Path dir;
  private BalancerNetwork network;
  private Cluster cluster;
  private @Nullable Member holder;

  @BeforeEach
  void start() throws Exception {
    assumeTrue(NetworkNamespace.allowed(), "root makes network namespaces");
    network = BalancerNetwork.of(3);
    cluster =
        ClusterSpec.in(dir)
            .on(network.hosts())
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

  private static Optional<Member> in(String state, List<Member> of) {
    return of.stream()
        .filter(one -> one.status().filter(s -> s.path("state").asText().equals(state)).isPresent())
        .findFirst();
  }

  private Member awaitElected(List<Member> of) {
    return cluster.await("an elected member that is done with its sinks", () -> in("VERIFIED", of));
  }

  /** Brings the address to whoever is elected, as often as it takes on a busy machine. */
  private Member awaitServing() {
    return cluster.await(
        "a leader that has the address and collects",
        () -> {
          in("VERIFIED", cluster.members()).ifPresent(this::moveAddress);
          return in("INGESTING", cluster.members());
        });
  }

  private void moveAddress(Member to) {
    if (to == holder) {
      return;
    }
    try {
      if (holder != null) {
        network.of(holder).run("ip", "addr", "del", VIP + "/32", "dev", "lo");
      }
      network.of(to).address(VIP);
      holder = to;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Test
  void whatOneLearnedAloneIsInTheClusterAlthoughAnotherWasElectedAfterwards() throws Exception {
    Member first = awaitServing();
    first.pound("f1").traffic("before-", BEFORE);
    cluster.awaitSessions("f1", BEFORE);
    List<String> before = first.pound("f1").sessions();

    List<Member> dead = new ArrayList<>(cluster.members());
    Member survivor = dead.remove(first == dead.get(0) ? 1 : 0);
    dead.forEach(Member::losePower);
    moveAddress(survivor);

    cluster.awaitThat(
        "the survivor wrote by itself what it knew",
        () -> survivor.pound("f1").sessions().equals(before));
    cluster.awaitThat("it says that it serves alone", () -> survivor.warns("served-alone"));
    assertThat(VipObserver.track(survivor)).isEqualTo(50);
    assertThat(survivor.status().orElseThrow().path("keepalived").path("trackWhy").asText())
        .contains("no majority");

    survivor.pound("f1").kill();
    survivor.pound("f1").start();
    cluster.awaitThat(
        "the Pound that took its place was written as well",
        () -> survivor.pound("f1").sessions().equals(before));
    survivor.pound("f1").traffic("alone-", ALONE);

    // So that another one is elected.
    survivor.suspend();
    cluster.startPounds();
    dead.forEach(Member::start);
    assertThat(awaitElected(dead)).isNotSameAs(survivor);
    survivor.resume();

    cluster.awaitThat("it leads and collects", () -> VipCluster.ingests(survivor));
    cluster.awaitSessions("f1", BEFORE + ALONE);
    cluster.awaitThat("it owes nothing any more", () -> !survivor.warns("served-alone"));
  }
}
