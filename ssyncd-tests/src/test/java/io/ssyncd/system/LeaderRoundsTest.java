package io.ssyncd.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.ssyncd.testkit.Cluster;
import io.ssyncd.testkit.ClusterSpec;
import io.ssyncd.testkit.Member;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Round after round the leader dies in the middle of traffic. */
@Tag("long")
@ExtendWith(ShowsLogsOnFailure.class)
class LeaderRoundsTest {
  private static final int ROUNDS = 12;
  private static final int SESSIONS = 2_000;

  @TempDir Path dir;

  @Test
  void whatAllHeldBeforeAnyKillIsInTheLastLeadersPound() {
    try (Cluster cluster = ClusterSpec.in(dir).farm("f1", Farms.THREE_SERVICES).build()) {
      cluster.startPounds().start();
      Set<String> kept = new HashSet<>();
      for (int round = 0; round < ROUNDS; round++) {
        Member leader = cluster.awaitLeader();
        leader.pound("f1").traffic("round-" + round + "-", SESSIONS);
        cluster.awaitEqual();
        cluster.awaitThat(
            "all of this round is held",
            () ->
                leader.status().orElseThrow().path("sessions").path("http").path("f1").asInt()
                    == leader.pound("f1").sessions().size());
        kept.addAll(keys(leader));
        leader.pound("f1").command("rate 2000 30 live-" + round + "-");

        leader.kill();
        leader.pound("f1").kill();

        Member heir = cluster.awaitLeader();
        assertThat(keys(heir)).as("round %d", round).containsAll(kept);
        leader.pound("f1").start();
        leader.start();
        cluster.awaitEqual();
      }
    }
  }

  /** Without last access, which live traffic moves on. */
  private static List<String> keys(Member member) {
    return member.pound("f1").sessions().stream()
        .map(line -> line.substring(0, line.lastIndexOf(' ')))
        .toList();
  }
}
