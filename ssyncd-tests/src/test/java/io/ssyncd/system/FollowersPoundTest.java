package io.ssyncd.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.ssyncd.testkit.Cluster;
import io.ssyncd.testkit.ClusterSpec;
import io.ssyncd.testkit.Member;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** {@code http.materialise = continuous}: followers' Pounds keep up, unless traffic comes there. */
@ExtendWith(ShowsLogsOnFailure.class)
@Tag("long")
class FollowersPoundTest {
  private static final int FIRST = 500;
  private static final int MORE = 50;

  @TempDir Path dir;

  private static JsonNode followed(Member member) {
    JsonNode all = member.status().orElseThrow().path("materialise").path("sinks");
    return all.path(0);
  }

  @Test
  void anIdlePoundIsKeptCurrentAndOneWithTrafficIsLeftAlone() {
    ClusterSpec spec =
        ClusterSpec.in(dir)
            .farm("f1", Farms.LASTING)
            .line("http.farms.f1.materialise = continuous")
            .line("http.materialise-interval = 5 s");
    try (Cluster cluster = spec.build()) {
      Member leader = cluster.startPounds().start().awaitLeader();
      Member idle = cluster.followers().get(0);
      Member astray = cluster.followers().get(1);
      leader.pound("f1").traffic("first-", FIRST);
      cluster.awaitThat("an idle Pound has them", () -> idle.pound("f1").count() >= FIRST);
      cluster.awaitThat("the other one as well", () -> astray.pound("f1").count() >= FIRST);

      astray.pound("f1").traffic("astray-", 5);
      cluster.awaitThat(
          "that is said",
          () -> {
            astray.pound("f1").traffic("astray-", 1); // It may have followed anew meanwhile.
            return astray.warns("not-kept-current");
          });
      leader.pound("f1").traffic("more-", MORE);
      cluster.awaitThat(
          "the idle one gets them",
          () -> {
            astray.pound("f1").traffic("astray-", 1); // A minute without is calm.
            return idle.pound("f1").count() >= FIRST + MORE;
          });
      assertThat(astray.pound("f1").sessions()).noneMatch(line -> line.contains("more-"));
      assertThat(followed(astray).path("paused").asText()).contains("traffic");
      assertThat(followed(astray).path("lagEntries").asLong()).isPositive();

      cluster.awaitThat(
          "nothing is left to do", () -> followed(idle).path("lagEntries").asInt() == 0);
      assertThat(idle.warns("follower-traffic")).as("our own writes are no traffic").isFalse();
      leader.kill();
      cluster.awaitLeader();
      cluster.awaitThat("it leads", () -> idle.ctl("switch", "master").exit() == 0);
      cluster.awaitThat("it collects", () -> Sources.of(idle, "f1").path("ingesting").asBoolean());
      JsonNode report =
          idle.status().orElseThrow().path("sinks").path(0).path("lastReport").path(0);
      assertThat(report.path("applied").asInt()).as("of %s", report).isLessThanOrEqualTo(5);
      assertThat(report.path("unchanged").asInt()).isGreaterThanOrEqualTo(FIRST + MORE);
    }
  }
}
