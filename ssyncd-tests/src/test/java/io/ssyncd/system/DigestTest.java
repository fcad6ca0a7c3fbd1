package io.ssyncd.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.ssyncd.testkit.Cluster;
import io.ssyncd.testkit.ClusterSpec;
import io.ssyncd.testkit.Command;
import io.ssyncd.testkit.Member;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** {@code ssyncdctl digest}: equal tables, a member that is away, no majority. */
@ExtendWith(ShowsLogsOnFailure.class)
class DigestTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path dir;

  @Tag("long")
  @Test
  void membersAreComparedAtOneIndexAndWhoIsAwayIsNamed() throws IOException {
    try (Cluster cluster = ClusterSpec.in(dir).farm("f1", Farms.ONE_SERVICE).build()) {
      Member leader = cluster.startPounds().start().awaitLeader();
      leader.pound("f1").traffic("client-", 100);
      cluster.awaitSessions("f1", 100);
      Member follower = cluster.followers().get(0);
      Member other = cluster.followers().get(1);

      Command.Result text = follower.ctl("digest").ok();
      assertThat(text.out()).contains("lb1").contains("lb2").contains("lb3").contains("http");
      JsonNode report = JSON.readTree(leader.ctl("-o", "json", "digest").ok().out());
      assertThat(report.path("version").asInt()).isEqualTo(1);
      assertThat(report.path("result").asText()).isEqualTo("equal");
      assertThat(report.path("members")).hasSize(3);
      assertThat(report.path("scopes").path(0).findValuesAsText("records"))
          .containsExactly("100", "100", "100");

      // A member that was killed and comes back compares itself again.
      other.kill();
      cluster.awaitThat(
          "the dead one is named", () -> follower.ctl("digest").out().contains("unreachable"));
      assertThat(follower.ctl("digest").exit()).isEqualTo(75);
      other.start();
      cluster.awaitThat("all are equal again", () -> follower.ctl("digest").exit() == 0);

      other.kill();
      leader.kill();
      assertThat(follower.ctl("digest").exit()).isEqualTo(75);
    }
  }
}
