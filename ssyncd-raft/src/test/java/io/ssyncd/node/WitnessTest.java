package io.ssyncd.node;

import static io.ssyncd.node.TestCluster.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ssyncd.session.Kind;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WitnessTest {
  @TempDir Path directory;
  TestCluster cluster;

  @BeforeEach
  void make() throws Exception {
    cluster = new TestCluster(directory, "a", "b", "w");
    cluster.startAll();
  }

  @AfterEach
  void end() {
    cluster.close();
  }

  @Test
  void aWitnessHandsLeadershipOnAndNeverOpensAnEpoch() {
    cluster.log.elect("w");
    await().atMost(PATIENCE).until(() -> !"w".equals(cluster.log.leader()));
    cluster.awaitState(cluster.log.leader(), NodeState.INGESTING);
    cluster.awaitState("w", NodeState.FOLLOWER);
    assertThat(cluster.hosts.get("w").opened).isEmpty();
    assertThat(cluster.node("w").status().role()).isEqualTo("witness");
    assertThat(cluster.node("w").table().ingester()).isIn("a", "b");
  }

  @Test
  void aWitnessWithoutAnHeirSaysSoAndTriesAgain() {
    cluster.log.refuseTransfers(true);
    cluster.log.elect("w");
    await().atMost(PATIENCE).until(() -> cluster.log.transfers().size() >= 2);
    cluster.log.refuseTransfers(false);
    await().atMost(PATIENCE).until(() -> !"w".equals(cluster.log.leader()));
  }

  @Test
  void aWitnessHasNothingToWriteAndIsHandedNoLeadership() throws Exception {
    WriteReport report =
        cluster
            .node("w")
            .write(new WriteRequest(Set.of(Kind.HTTP), null, false, true, false))
            .get();
    assertThat(report.result()).isEqualTo(WriteReport.Result.REFUSED);
    assertThat(report.errors().get(0)).contains("witness");
    cluster.lead("a");
    Assertions.assertThatExceptionOfType(ExecutionException.class)
        .isThrownBy(() -> cluster.node("a").transfer("w").get())
        .withCauseInstanceOf(IllegalArgumentException.class);
    cluster.node("a").transfer(null).get();
    cluster.awaitState("b", NodeState.INGESTING);
  }
}
