package io.ssyncd.node;

import static io.ssyncd.node.TestCluster.PATIENCE;
import static io.ssyncd.node.TestCluster.session;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MembersTest {
  @TempDir Path directory;
  TestCluster cluster;

  @BeforeEach
  void make() throws Exception {
    cluster = new TestCluster(directory, "a", "b", "c");
    cluster.startAll();
    cluster.lead("a");
  }

  @AfterEach
  void end() {
    cluster.close();
  }

  @Test
  void allAreInSyncOnceTheirNoticesSaySo() {
    cluster.f1("a").see(session("k", 1));
    cluster.awaitCounts(1);
    for (String name : cluster.nodes.keySet()) {
      await().atMost(PATIENCE).until(() -> cluster.node(name).status().inSync());
      NodeStatus status = cluster.node(name).status();
      assertThat(status.members()).hasSize(3);
      assertThat(status.members())
          .allSatisfy(
              member -> {
                assertThat(member.lagEntries()).isZero();
                assertThat(member.reachable()).isTrue();
              });
      assertThat(status.warnings()).isEmpty();
      assertThat(status.leader()).isEqualTo("a");
    }
  }

  @Test
  void aMemberThatIsAwayIsNamedAndBehind() {
    cluster.log.cut("c");
    for (int i = 0; i < 5; i++) {
      int n = i;
      cluster.f1("a").see(session("k" + n, n));
      await()
          .atMost(PATIENCE)
          .until(() -> cluster.node("a").table().get(session("k" + n, 0).key()) != null);
    }
    await().atMost(PATIENCE).until(() -> cluster.warned("a", WarningCode.MEMBER_UNREACHABLE));
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              NodeStatus.MemberStatus c = cluster.node("a").status().members().get(2);
              assertThat(c.name()).isEqualTo("c");
              assertThat(c.reachable()).isFalse();
              assertThat(c.lagEntries()).isGreaterThanOrEqualTo(5);
              assertThat(c.lagMs()).isPositive();
            });
    assertThat(cluster.node("a").status().inSync()).isFalse();
    assertThat(cluster.node("c").status().quorum()).isFalse();
    assertThat(cluster.warned("c", WarningCode.NO_QUORUM)).isTrue();
    cluster.log.heal("c");
    await().atMost(PATIENCE).until(() -> cluster.node("a").status().inSync());
  }

  @Test
  void differingConfigurationsOfAFarmAreNamedWithTheirMembers() {
    cluster.f1("a").digest = Optional.of("one");
    cluster.f1("b").digest = Optional.of("two");
    cluster.f1("c").digest = Optional.of("one");
    await().atMost(PATIENCE).until(() -> cluster.warned("c", WarningCode.CONFIGURATION_DIFFERS));
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(cluster.node("c").status().warnings())
                    .singleElement()
                    .satisfies(
                        warning ->
                            assertThat(warning.text())
                                .contains("farm f1")
                                .contains("a, c against b")));
    cluster.f1("b").digest = Optional.of("one");
    await().atMost(PATIENCE).until(() -> !cluster.warned("c", WarningCode.CONFIGURATION_DIFFERS));
  }
}
