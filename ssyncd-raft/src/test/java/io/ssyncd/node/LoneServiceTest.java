package io.ssyncd.node;

import static io.ssyncd.node.TestCluster.F1;
import static io.ssyncd.node.TestCluster.F2;
import static io.ssyncd.node.TestCluster.PATIENCE;
import static io.ssyncd.node.TestCluster.session;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A balancer that serves while no majority is in reach. */
class LoneServiceTest {
  @TempDir Path directory;
  private TestCluster cluster;
  private InetAddress vip;

  @BeforeEach
  void make() throws Exception {
    vip = InetAddress.getByName("10.99.0.1");
    cluster = new TestCluster(directory, "a", "b", "c");
    cluster.vip = List.of(vip);
    // An hour: it is the majority's return that makes leadership follow here, not the hold-down.
    cluster.holdDown = Duration.ofHours(1);
  }

  @AfterEach
  void end() {
    cluster.close();
  }

  private void awaitTrack(String name, String value) {
    await().atMost(PATIENCE).until(() -> cluster.track(name).equals(value));
  }

  @Test
  void whatItsPoundLearnedComesToTheClusterAlthoughAnotherWasElected() throws Exception {
    cluster.gate = NodeConfig.Gate.STRICT;
    cluster.startAll();
    cluster.addresses.get("a").add(vip);
    cluster.lead("a");
    cluster.f1("a").see(session("before", 1));
    cluster.awaitCounts(1);

    cluster.log.cut("b");
    cluster.log.cut("c");
    awaitTrack("a", "50");
    await().atMost(PATIENCE).until(() -> cluster.warned("a", WarningCode.SERVED_ALONE));
    cluster.f1("a").see(session("alone", 2));
    cluster.f1("a").see(session("before", 3));
    cluster.log.elect("b");
    cluster.log.heal("c");
    cluster.log.heal("b");

    // The other one waits: it is verified, but not ready, until this one leads.
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(2))
        .until(
            () -> {
              assertThat(cluster.track("b")).isNotEqualTo("100");
              assertThat(cluster.track("a")).isIn("50", "100");
              return cluster.node("a").status().state() == NodeState.INGESTING;
            });
    cluster.awaitCounts(2);
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                cluster
                    .node("c")
                    .table()
                    .get(session("before", 0).key())
                    .equals(session("before", 3)));
    awaitTrack("a", "100");
    await().atMost(PATIENCE).until(() -> !cluster.warned("a", WarningCode.SERVED_ALONE));
  }

  @Test
  void oneThatTheAddressHasLeftAsksForNothing() throws Exception {
    cluster.startAll();
    cluster.addresses.get("a").add(vip);
    cluster.lead("a");
    cluster.log.cut("b");
    cluster.log.cut("c");
    await().atMost(PATIENCE).until(() -> cluster.warned("a", WarningCode.SERVED_ALONE));
    cluster.addresses.get("a").clear();
    cluster.addresses.get("b").add(vip);
    cluster.log.heal("c");
    cluster.log.heal("b");
    cluster.log.elect("b");
    cluster.awaitState("b", NodeState.INGESTING);
    await().atMost(PATIENCE).until(() -> !cluster.warned("a", WarningCode.SERVED_ALONE));
    assertThat(cluster.log.transfers()).isEmpty();
  }

  @Test
  void aFollowerThatTheAddressComesToWritesWhatItKnowsAfterTheDeadline() throws Exception {
    cluster.deadline = Duration.ofMillis(300);
    cluster.startAll();
    cluster.addresses.get("a").add(vip);
    cluster.lead("a");
    cluster.f1("a").see(session("k", 1));
    cluster.awaitCounts(1);

    cluster.log.cut("a");
    cluster.log.cut("c");
    assertThat(cluster.f1("b").process).isEmpty();
    cluster.addresses.get("a").clear();
    cluster.addresses.get("b").add(vip);
    await().atMost(PATIENCE).until(() -> cluster.f1("b").process.size() == 1);
    awaitTrack("b", "50");
    assertThat(cluster.f1("b").count("write")).isEqualTo(1);
    assertThat(cluster.node("b").status().address().trackWhy()).contains("no majority");
  }

  @Test
  void aMomentOfIngestingBeforeItIsDeposedDoesNotCount() throws Exception {
    cluster.startAll();
    cluster.addresses.get("a").add(vip);
    cluster.lead("a");
    cluster.log.cut("b");
    cluster.log.cut("c");
    await().atMost(PATIENCE).until(() -> cluster.warned("a", WarningCode.SERVED_ALONE));
    cluster.f1("a").see(session("alone", 2));
    // What it proposes in that moment is lost.
    cluster.log.loseProposals("a", 100);
    cluster.log.heal("c");
    cluster.log.heal("b");
    cluster.awaitState("a", NodeState.INGESTING);
    cluster.log.elect("b");
    await().atMost(PATIENCE).until(() -> cluster.log.transfers().contains("a"));
    cluster.log.loseProposals("a", 0);
    cluster.awaitCounts(1);
    await().atMost(PATIENCE).until(() -> !cluster.warned("a", WarningCode.SERVED_ALONE));
  }

  /** A follower that the address came to, and that serves from what it knew. */
  private void serveAlone(String name) {
    cluster.log.cut("a");
    cluster.log.cut(name.equals("b") ? "c" : "b");
    cluster.addresses.get("a").clear();
    cluster.addresses.get(name).add(vip);
  }

  private void leadWithSessions() throws Exception {
    cluster.deadline = Duration.ofMillis(300);
    cluster.startAll();
    cluster.addresses.get("a").add(vip);
    cluster.lead("a");
    cluster.f1("a").see(session("k", 1));
    cluster.endpoint("a", F2).see(ScriptedEndpoint.session("f2", "l", 1));
    cluster.awaitCounts(2);
  }

  @Test
  void aPoundThatWasUnreachableIsWrittenWhenItIsBackAlthoughThereIsNoMajority() throws Exception {
    cluster.feeds = List.of(F1, F2);
    leadWithSessions();
    ScriptedEndpoint late = cluster.endpoint("b", F2);
    late.unreachable = true;
    serveAlone("b");
    awaitTrack("b", "50");
    await().atMost(PATIENCE).until(() -> late.count("write") >= 3);
    assertThat(late.process).isEmpty();
    late.unreachable = false;
    await().atMost(PATIENCE).until(() -> late.process.size() == 1);
    assertThat(cluster.f1("b").count("write")).as("of the one that was written").isEqualTo(1);
    assertThat(cluster.node("b").status().quorum()).isFalse();
  }

  @Test
  void aPoundThatIsStartedAnewIsWrittenAgainAlthoughThereIsNoMajority() throws Exception {
    cluster.feeds = List.of(F1, F2);
    leadWithSessions();
    serveAlone("b");
    awaitTrack("b", "50");
    await().atMost(PATIENCE).until(() -> cluster.f1("b").process.size() == 1);
    cluster.f1("b").restart();
    await().atMost(PATIENCE).until(() -> cluster.f1("b").process.size() == 1);
    assertThat(cluster.endpoint("b", F2).count("write")).as("of the other one").isEqualTo(1);
  }

  @Test
  void thePoundOfALeaderThatLostItsMajorityIsWrittenAgainAsWell() throws Exception {
    cluster.startAll();
    cluster.addresses.get("a").add(vip);
    cluster.lead("a");
    cluster.f1("a").see(session("k", 1));
    cluster.awaitCounts(1);
    cluster.log.cut("b");
    cluster.log.cut("c");
    await().atMost(PATIENCE).until(() -> cluster.warned("a", WarningCode.SERVED_ALONE));
    cluster.f1("a").restart();
    await().atMost(PATIENCE).until(() -> cluster.f1("a").process.size() == 1);
    assertThat(cluster.node("a").status().quorum()).isFalse();
  }

  @Test
  void whatAPoundRefusesIsNotWrittenAgainAndAgain() throws Exception {
    cluster.feeds = List.of(F1, F2);
    leadWithSessions();
    cluster.f1("b").refusals = 1;
    ScriptedEndpoint late = cluster.endpoint("b", F2);
    late.unreachable = true;
    serveAlone("b");
    awaitTrack("b", "50");
    // The other one is tried again meanwhile.
    await().atMost(PATIENCE).until(() -> late.count("write") >= 4);
    assertThat(cluster.f1("b").count("write")).isEqualTo(1);
    assertThat(cluster.warned("b", WarningCode.SINK_PARTIAL)).isTrue();
  }
}
