package io.ssyncd.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.ssyncd.daemon.DifferingDaemon;
import io.ssyncd.testkit.Cluster;
import io.ssyncd.testkit.ClusterSpec;
import io.ssyncd.testkit.Command;
import io.ssyncd.testkit.Distribution;
import io.ssyncd.testkit.Member;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** {@code ssyncdctl diff}, with a member whose table differs. */
@ExtendWith(ShowsLogsOnFailure.class)
@Tag("long")
class MemberDiffTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path dir;

  /** Ours in the place of the daemon's own, whose name becomes an argument. */
  private static String differing() throws Exception {
    Path lib = Distribution.built().ssyncdctl().resolveSibling("../lib").normalize();
    Path tests =
        Path.of(DifferingDaemon.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    return "-cp " + lib + "/*:" + tests + " " + DifferingDaemon.class.getName();
  }

  private static int sessions(Member member) {
    return member.status().orElseThrow().at("/sessions/http/f1").asInt();
  }

  @Test
  void theRecordsThatDifferAreNamedWhoeverIsAsked() throws Exception {
    ClusterSpec spec =
        ClusterSpec.in(dir)
            .farm("f1", Farms.LASTING)
            .line("cluster.digest-interval = 1 s")
            .environment("SSYNCD_JAVA_OPTS", differing());
    try (Cluster cluster = spec.build()) {
      Member leader = cluster.startPounds().start().awaitLeader();
      Member good = cluster.followers().get(0);
      Member bad = cluster.followers().get(1);
      leader.pound("f1").traffic("client-", 500);
      cluster.awaitSessions("f1", 500);
      assertThat(good.ctl("diff", leader.name(), bad.name()).exit()).isZero();

      Path garble = Files.createFile(bad.data().resolveSibling("garble"));
      leader.pound("f1").traffic("differs-", 2);
      cluster.awaitThat(
          "all have two more, though not the same",
          () -> cluster.members().stream().allMatch(member -> sessions(member) == 502));
      Files.delete(garble);

      for (Member asked : cluster.members()) {
        Command.Result text = asked.ctl("diff", leader.name(), bad.name());
        assertThat(text.exit()).as("%s", text).isEqualTo(65);
        assertThat(text.out()).contains("http f1", "differs-", "last access", "502");
        assertThat(text.out()).doesNotContain("client-");
      }
      Command.Result json =
          good.ctl("-o", "json", "diff", "--limit", "1", leader.name(), bad.name());
      JsonNode diff = JSON.readTree(json.out());
      assertThat(diff.path("result").asText()).isEqualTo("differs");
      assertThat(diff.path("records")).hasSize(1);
      assertThat(diff.path("more").asBoolean()).isTrue();
      JsonNode record = diff.path("records").path(0);
      assertThat(record.at("/second/lastAccessMs").asLong())
          .isEqualTo(record.at("/first/lastAccessMs").asLong() + 1000);

      assertThat(bad.ctl("diff", leader.name(), good.name()).exit()).isZero();
      Command.Result digest = good.ctl("digest");
      assertThat(digest.exit()).isEqualTo(65);
      assertThat(digest.out().lines())
          .anyMatch(line -> line.startsWith("http") && line.contains("differs"));
      cluster.awaitThat("status says so", () -> leader.warns("digest-differs"));
      assertThat(leader.ctl("status").out()).contains("NOT IN SYNC");

      assertThat(good.ctl("diff", leader.name(), "nobody").exit()).isEqualTo(64);
      bad.kill();
      Command.Result away = good.ctl("diff", leader.name(), bad.name());
      assertThat(away.exit()).as("%s", away).isEqualTo(75);
      assertThat(away.err()).contains(bad.name());
    }
  }
}
