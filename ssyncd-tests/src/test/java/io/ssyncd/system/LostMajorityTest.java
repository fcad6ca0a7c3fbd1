package io.ssyncd.system;

import static java.util.concurrent.CompletableFuture.supplyAsync;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.ssyncd.testkit.Cluster;
import io.ssyncd.testkit.ClusterSpec;
import io.ssyncd.testkit.Member;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A leader whose followers hang: it stops collecting, says so, and loses nothing. */
@ExtendWith(ShowsLogsOnFailure.class)
class LostMajorityTest {
  @TempDir Path dir;

  @Test
  void aLeaderWithoutAMajorityStopsCollectingAndWhatItsPoundLearnedMeanwhileIsKept() {
    try (Cluster cluster = ClusterSpec.in(dir).farm("f1", Farms.ONE_SERVICE).build()) {
      Member leader = cluster.startPounds().start().awaitLeader();
      leader.pound("f1").traffic("before-", 100);
      cluster.awaitSessions("f1", 100);
      List<Member> followers = cluster.followers();

      followers.forEach(follower -> follower.daemon().suspend());
      try {
        cluster.awaitThat(
            "the leader says that it has no majority",
            () -> leader.status().filter(s -> !s.path("quorum").asBoolean()).isPresent());
        cluster.awaitThat(
            "it no longer collects",
            () ->
                leader
                    .status()
                    .filter(s -> !s.path("state").asText().equals("INGESTING"))
                    .isPresent());
        assertThat(leader.ctl("health").exit()).isEqualTo(2);
        JsonNode status = leader.status().orElseThrow();
        assertThat(status.path("warnings").findValuesAsText("code")).contains("no-quorum");
        leader.pound("f1").traffic("meanwhile-", 50);
        var written = supplyAsync(() -> leader.ctl("write", "http"));
        assertThat(leader.ctl("digest").exit()).as("a comparison has no barrier").isEqualTo(75);
        assertThat(written.join().exit()).as("nor has a write").isEqualTo(75);
        assertThat(leader.status().orElseThrow().path("sessions").path("http").path("f1").asInt())
            .isEqualTo(100);
      } finally {
        followers.forEach(follower -> follower.daemon().resume());
      }

      Member next = cluster.awaitLeader();
      if (next != leader) {
        leader.ctl("switch", "master").ok();
        assertThat(cluster.awaitLeader()).isSameAs(leader);
      }
      cluster.awaitSessions("f1", 150);
      assertThat(leader.ctl("digest").exit()).isZero();
    }
  }
}
