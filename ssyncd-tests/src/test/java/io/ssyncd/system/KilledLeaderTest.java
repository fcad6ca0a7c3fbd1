package io.ssyncd.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.ssyncd.testkit.Cluster;
import io.ssyncd.testkit.ClusterSpec;
import io.ssyncd.testkit.Member;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The main job: the leader's host is gone, its sessions are in another Pound. */
@ExtendWith(ShowsLogsOnFailure.class)
class KilledLeaderTest {
  private static final Logger log = LoggerFactory.getLogger(KilledLeaderTest.class);
  private static final int SESSIONS = 10_000;

  @TempDir Path dir;

  @Test
  void tenThousandSessionsAreInAFollowersPoundByteForByte() {
    try (Cluster cluster =
        ClusterSpec.in(dir)
            .defaultElectionTimeout()
            .farm("f1", Farms.THREE_SERVICES)
            .environment("SSYNCD_JAVA_OPTS", "")
            .build()) {
      cluster.startPounds().start();
      Member leader = cluster.awaitLeader();
      leader.pound("f1").traffic("client-", SESSIONS);
      cluster.awaitSessions("f1", SESSIONS);
      List<String> before = leader.pound("f1").sessions();

      final long killed = System.nanoTime();
      leader.kill();
      leader.pound("f1").kill();
      Member heir =
          cluster.await(
              SESSIONS + " sessions in a follower's Pound",
              () ->
                  cluster.running().stream()
                      .filter(member -> member.pound("f1").count() >= SESSIONS)
                      .findFirst());
      log.info(
          "kill -9 to {} sessions in the Pound of {}: {} ms",
          SESSIONS,
          heir.name(),
          (System.nanoTime() - killed) / 1_000_000);

      assertThat(heir.pound("f1").sessions()).isEqualTo(before);
      assertThat(cluster.awaitLeader()).isSameAs(heir);
      cluster.awaitSessions("f1", SESSIONS);
      assertThat(heir.ctl("show", "mode").out()).isEqualTo("master\n");
      theOldLeaderComesBackAsAFollower(cluster, leader);
    }
  }

  private static void theOldLeaderComesBackAsAFollower(Cluster cluster, Member old) {
    old.pound("f1").start();
    old.start();
    cluster.await(
        "the old leader follows",
        () -> old.status().filter(s -> s.path("role").asText().equals("follower")));
    cluster.awaitSessions("f1", SESSIONS);
    assertThat(old.ctl("show", "mode").out()).isEqualTo("backup\n");
  }
}
