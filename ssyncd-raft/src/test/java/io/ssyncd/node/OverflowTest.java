package io.ssyncd.node;

import static io.ssyncd.node.TestCluster.PATIENCE;
import static io.ssyncd.node.TestCluster.session;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OverflowTest {
  @TempDir Path directory;

  @Test
  void whenMoreChangesThanTheBoundComeTheSourceIsAskedAgainAndNothingIsMissing() throws Exception {
    int sessions = FeedIntake.MAX_KEYS + 20_000;
    try (TestCluster cluster = new TestCluster(directory, "a", "b", "c")) {
      cluster.startAll();
      cluster.lead("a");
      ScriptedEndpoint pound = cluster.f1("a");
      cluster.log.hold("a");
      for (int i = 0; i < sessions; i++) {
        pound.see(session("k" + i, i));
      }
      assertThat(cluster.node("a").status().queues().get(0).overflows()).isEqualTo(1);
      cluster.log.release("a");
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> cluster.node("a").table().count(io.ssyncd.session.Kind.HTTP) == sessions);
      assertThat(pound.count("resync")).isPositive();
      await()
          .atMost(PATIENCE)
          .until(
              () -> cluster.node("b").table().digest().equals(cluster.node("a").table().digest()));
    }
  }
}
