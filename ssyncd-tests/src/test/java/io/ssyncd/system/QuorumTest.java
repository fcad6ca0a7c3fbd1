package io.ssyncd.system;

import static java.util.concurrent.CompletableFuture.supplyAsync;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.ssyncd.testkit.Cluster;
import io.ssyncd.testkit.ClusterSpec;
import io.ssyncd.testkit.Command;
import io.ssyncd.testkit.Member;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The exit codes of {@code status}, and what the last survivor can still do. */
@ExtendWith(ShowsLogsOnFailure.class)
class QuorumTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path dir;

  @Test
  void statusIsHealthyThenDegradedThenWithoutQuorumAndTheSurvivorWritesWhatItKnows()
      throws IOException {
    try (Cluster cluster = ClusterSpec.in(dir).farm("f1", Farms.ONE_SERVICE).build()) {
      Member leader = cluster.startPounds().start().awaitLeader();
      leader.pound("f1").traffic("client-", 100);
      cluster.awaitSessions("f1", 100);
      List<String> sessions = leader.pound("f1").sessions();
      Member survivor = cluster.followers().get(0);
      Member other = cluster.followers().get(1);
      cluster.awaitThat("status says healthy", () -> survivor.ctl("status").exit() == 0);

      other.kill();
      cluster.awaitThat("status says degraded", () -> survivor.ctl("status").exit() == 1);
      leader.kill();
      cluster.awaitThat("status says no quorum", () -> survivor.ctl("status").exit() == 2);
      assertThat(survivor.ctl("health").exit()).isEqualTo(2);

      // Each waits for a majority for as long as it may; so all at once.
      var refused = supplyAsync(() -> survivor.ctl("-o", "json", "write", "http"));
      var cleared = supplyAsync(() -> survivor.ctl("clear", "http"));
      Command.Result alone = survivor.ctl("switch", "master");
      assertThat(refused.join().exit()).isEqualTo(75);
      assertThat(JSON.readTree(refused.join().out()).path("result").asText())
          .isEqualTo("unavailable");
      assertThat(cleared.join().exit()).isEqualTo(75);
      assertThat(alone.exit()).isEqualTo(75);
      assertThat(alone.err()).contains("did not take the lead").doesNotContain("Exception");

      JsonNode written =
          JSON.readTree(survivor.ctl("-o", "json", "write", "--last-known", "http").ok().out());
      assertThat(written.path("lastKnown").asBoolean()).isTrue();
      assertThat(written.path("stateAgeMs").asLong()).isPositive();
      assertThat(survivor.pound("f1").sessions()).isEqualTo(sessions);
    }
  }
}
