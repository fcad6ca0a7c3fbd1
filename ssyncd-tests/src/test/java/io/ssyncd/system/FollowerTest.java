package io.ssyncd.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.ssyncd.testkit.Cluster;
import io.ssyncd.testkit.ClusterSpec;
import io.ssyncd.testkit.Member;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A follower that goes and comes. */
@ExtendWith(ShowsLogsOnFailure.class)
class FollowerTest {
  private static final int SESSIONS = 10_000;

  @TempDir static Path dir;
  private static Cluster cluster;
  private static Member leader;

  @BeforeAll
  static void start() {
    cluster = ClusterSpec.in(dir).farm("f1", Farms.THREE_SERVICES).build();
    leader = cluster.startPounds().start().awaitLeader();
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @Test
  void aFollowerDownWhileTenThousandSessionsArriveHasThemAllWhenItIsBack() {
    Member follower = cluster.followers().get(0);
    int before = leader.pound("f1").sessions().size();
    follower.kill();

    leader.pound("f1").traffic("while-down-", SESSIONS);
    cluster.awaitSessions("f1", before + SESSIONS);
    cluster.awaitThat("status says that a member is away", () -> leader.ctl("status").exit() == 1);
    follower.start();

    cluster.awaitSessions("f1", before + SESSIONS);
    cluster.awaitThat("the cluster is healthy", () -> leader.ctl("status").exit() == 0);
  }

  @Test
  void aFollowerThatIsRestartedKeepsWhatItHad() {
    Member follower = cluster.followers().get(1);
    int held = leader.pound("f1").sessions().size();
    leader.pound("f1").traffic("restart-", 100);
    cluster.awaitSessions("f1", held + 100);
    JsonNode before = cluster.awaitEqual();

    assertThat(follower.stop()).as("a JVM that was told to end").isEqualTo(143);
    assertThat(follower.control()).doesNotExist();
    follower.start();

    JsonNode after = cluster.awaitEqual();
    assertThat(after.path("sessions")).isEqualTo(before.path("sessions"));
    assertThat(after.path("digest")).isEqualTo(before.path("digest"));
    assertThat(cluster.awaitLeader()).isSameAs(leader);
  }

  @Test
  void aFollowersPoundGetsWhatTheClusterHoldsWhenAskedTo() {
    Member follower = cluster.followers().get(0);
    leader.pound("f1").traffic("write-", 500);
    int all = leader.pound("f1").sessions().size();
    cluster.awaitSessions("f1", all);

    var answer = follower.ctl("write", "http").ok();

    assertThat(answer.out()).isEqualTo("http session data written correclty\n");
    assertThat(follower.pound("f1").sessions()).isEqualTo(leader.pound("f1").sessions());
    assertThat(follower.pound("f1").sessions()).hasSize(all);
  }
}
