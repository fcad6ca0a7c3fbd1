package io.ssyncd.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.ssyncd.testkit.Cluster;
import io.ssyncd.testkit.ClusterSpec;
import io.ssyncd.testkit.Member;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Two balancers, alone or with a witness. */
@ExtendWith(ShowsLogsOnFailure.class)
@Tag("long")
class SmallClustersTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path dir;

  @Test
  void ofTwoNodesTheSurvivorShowsAndWritesWhatItHolds() throws IOException {
    try (Cluster cluster =
        ClusterSpec.in(dir).members("lb1", "lb2").farm("f1", Farms.ONE_SERVICE).build()) {
      Member leader = cluster.startPounds().start().awaitLeader();
      assertThat(leader.warns("two-nodes")).isTrue();
      leader.pound("f1").traffic("client-", 100);
      cluster.awaitSessions("f1", 100);
      final List<String> sessions = leader.pound("f1").sessions();
      cluster.awaitThat("two nodes are healthy", () -> leader.ctl("status").exit() == 0);
      Member survivor = cluster.followers().get(0);
      leader.kill();
      cluster.awaitThat("no quorum", () -> survivor.ctl("status").exit() == 2);

      assertThat(survivor.ctl("count", "http").ok().out()).contains("100");
      assertThat(survivor.ctl("write", "http").exit()).isEqualTo(75);
      JsonNode written =
          JSON.readTree(survivor.ctl("-o", "json", "write", "--last-known", "http").ok().out());
      assertThat(written.path("lastKnown").asBoolean()).isTrue();
      assertThat(survivor.pound("f1").sessions()).isEqualTo(sessions);
      leader.start();
      cluster.awaitSessions("f1", 100);
    }
  }

  @Test
  void aWitnessIsShownAsOneAndLeadsNobody() throws IOException {
    try (Cluster cluster =
        ClusterSpec.in(dir)
            .members("lb1", "lb2", "w1")
            .witness("w1")
            .farm("f1", Farms.ONE_SERVICE)
            .build()) {
      cluster.member("lb1").pound("f1").start();
      cluster.member("lb2").pound("f1").start();
      Member leader = cluster.start().awaitLeader();
      Member witness = cluster.member("w1");
      assertThat(leader).isNotSameAs(witness);
      assertThat(witness.status().orElseThrow().path("role").asText()).isEqualTo("witness");
      assertThat(witness.ctl("show", "mode").out()).isEqualTo("backup\n");
      JsonNode members = JSON.readTree(leader.ctl("-o", "json", "members").ok().out());
      assertThat(members.path("members").path(2).path("witness").asBoolean()).isTrue();
      assertThat(witness.ctl("switch", "backup").exit()).isZero();
      leader.pound("f1").traffic("client-", 50);
      cluster.awaitSessions("f1", 50);

      leader.kill();
      Member heir = cluster.awaitLeader();
      assertThat(heir).isNotSameAs(witness);
      assertThat(heir.warns("two-nodes")).isFalse();
      cluster.awaitSessions("f1", 50);
    }
  }
}
