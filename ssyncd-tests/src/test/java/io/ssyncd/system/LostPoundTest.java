package io.ssyncd.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.ssyncd.testkit.Cluster;
import io.ssyncd.testkit.ClusterSpec;
import io.ssyncd.testkit.Member;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Losing, restarting or emptying a Pound never empties the cluster. */
@ExtendWith(ShowsLogsOnFailure.class)
class LostPoundTest {
  private static final int SESSIONS = 1_000;

  @TempDir static Path dir;
  private static Cluster cluster;
  private static int held;
  private Member leader;

  @BeforeAll
  static void start() {
    cluster =
        ClusterSpec.in(dir)
            .farm("f1", Farms.THREE_SERVICES)
            .farm("f2", Farms.THREE_SERVICES)
            .build();
    Member leader = cluster.startPounds().start().awaitLeader();
    leader.pound("f1").traffic("client-", SESSIONS);
    held = SESSIONS;
  }

  @BeforeEach
  void allAreEqual() {
    leader = cluster.awaitLeader();
    cluster.awaitSessions("f1", held);
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @Test
  void defect2And11_theLeadersPoundIsRestartedAndGetsItsSessionsBack() {
    List<String> before = leader.pound("f1").sessions();

    leader.pound("f1").kill();
    cluster.awaitThat(
        "the leader says that its Pound is away",
        () -> leader.status().filter(s -> !connected(s)).isPresent());
    cluster.awaitSessions("f1", held);
    leader.pound("f1").start();

    cluster.awaitThat("the new Pound holds all", () -> leader.pound("f1").count() >= held);
    assertThat(leader.pound("f1").sessions()).isEqualTo(before);
    leader.pound("f1").traffic("after-", 10);
    held += 10;
    cluster.awaitSessions("f1", held);
    assertThat(cluster.awaitLeader()).isSameAs(leader);
  }

  @Test
  void defect2_aFreshPoundOnEveryNodeAndAllDaemonsRestartedIsWrittenBack() {
    List<String> before = leader.pound("f1").sessions();
    cluster.members().forEach(member -> member.pound("f1").kill());
    cluster.killAll();

    cluster.startPounds().start();

    Member now = cluster.awaitLeader();
    cluster.awaitThat("the leader's Pound holds all", () -> now.pound("f1").count() >= held);
    assertThat(now.pound("f1").sessions()).isEqualTo(before);
    cluster.awaitSessions("f1", held);
  }

  /** 31 sessions, of which 2 arrived. */
  @Test
  void defect1_theFirstSessionOfANewServiceLeavesTheOthersAlone() {
    for (int i = 0; i < 30; i++) {
      leader.pound("f2").command("request 0/0 of-service-0-" + i);
    }
    cluster.awaitSessions("f2", 30);

    leader.pound("f2").command("request 0/1 first-of-service-1");
    leader.pound("f2").command("request 1/0 first-of-listener-1");

    cluster.awaitSessions("f2", 32);
    assertThat(leader.pound("f2").sessions()).hasSize(32);
  }

  private static boolean connected(com.fasterxml.jackson.databind.JsonNode status) {
    return status.path("sources").path(0).path("connected").asBoolean();
  }
}
