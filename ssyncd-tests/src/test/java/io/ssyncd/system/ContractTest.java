package io.ssyncd.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.ssyncd.testkit.Cluster;
import io.ssyncd.testkit.ClusterSpec;
import io.ssyncd.testkit.Command;
import io.ssyncd.testkit.Member;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The JSON that scripts rely on: every key of version 1, with its type. */
@ExtendWith(ShowsLogsOnFailure.class)
class ContractTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int SESSIONS = 60;

  @TempDir static Path dir;
  private static Cluster cluster;
  private static Member leader;

  @BeforeAll
  static void start() {
    cluster = ClusterSpec.in(dir).farm("f1", Farms.THREE_SERVICES).build();
    leader = cluster.startPounds().start().awaitLeader();
    leader.pound("f1").traffic("client-", SESSIONS);
    cluster.awaitSessions("f1", SESSIONS);
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @Test
  void statusOfTheLeader() throws IOException {
    cluster.awaitThat("healthy", () -> leader.ctl("status").exit() == 0);
    JsonNode status = json(leader.ctl("status", "-o", "json").ok());

    assertThat(status.path("version").isInt()).isTrue();
    assertThat(status.path("version").asInt()).isEqualTo(1);
    assertThat(status.path("node").asText()).isEqualTo(leader.name());
    assertThat(status.path("role").asText()).isEqualTo("leader");
    assertThat(status.path("state").asText()).isEqualTo("INGESTING");
    assertThat(Instant.parse(status.path("stateSince").asText())).isBefore(Instant.now());
    assertThat(status.path("leader").asText()).isEqualTo(leader.name());
    assertThat(status.path("term").isIntegralNumber()).isTrue();
    assertThat(status.path("epoch").asLong()).isPositive();
    assertThat(status.path("quorum").isBoolean()).isTrue();
    assertThat(status.path("inSync").isBoolean()).isTrue();
    assertThat(status.path("commitIndex").asLong())
        .isGreaterThanOrEqualTo(status.path("appliedIndex").asLong());
    assertThat(status.path("digest").asText()).matches("[0-9a-f]{16}");
    assertThat(status.path("sessions").path("http").path("f1").asInt()).isEqualTo(SESSIONS);
    assertThat(status.path("sessions").path("recent").isObject()).isTrue();
    assertThat(status.path("warnings").isArray()).isTrue();
    assertThat(status.path("warnings")).isEmpty();
    sinks(status);
    members(status);
  }

  private static void sinks(JsonNode status) {
    assertThat(status.path("sinks")).hasSize(1);
    JsonNode sink = status.path("sinks").path(0);
    assertThat(sink.path("kind").asText()).isEqualTo("http");
    assertThat(sink.path("scope").asText()).isEqualTo("f1");
    assertThat(sink.path("state").asText()).isEqualTo("VERIFIED");
    assertThat(Instant.parse(sink.path("lastWrite").asText())).isBefore(Instant.now());
    assertThat(Instant.parse(sink.path("stateSince").asText())).isBefore(Instant.now());
    assertThat(sink.path("lastError").isNull()).isTrue();
    assertThat(sink.path("writes").asInt()).isPositive();
    assertThat(sink.path("failures").isIntegralNumber()).isTrue();
    assertThat(sink.path("lastReport")).hasSize(1);
    assertThat(sink.path("lastReport").path(0).path("applied").isIntegralNumber()).isTrue();
  }

  private static void members(JsonNode status) {
    assertThat(status.path("members").findValuesAsText("name"))
        .containsExactly("lb1", "lb2", "lb3");
    for (JsonNode member : status.path("members")) {
      Member expected = cluster.member(member.path("name").asText());
      assertThat(member.path("address").asText()).isEqualTo(expected.host().address() + ":7777");
      assertThat(member.path("role").asText())
          .isEqualTo(expected == leader ? "leader" : "follower");
      assertThat(member.path("reachable").isBoolean()).isTrue();
      assertThat(member.path("reachable").asBoolean()).isTrue();
      assertThat(member.path("appliedIndex").isIntegralNumber()).isTrue();
      assertThat(member.path("lagEntries").isIntegralNumber()).isTrue();
      assertThat(member.path("lagMs").isIntegralNumber()).isTrue();
      assertThat(member.path("clockOffsetMs").isNumber()).isTrue();
      assertThat(Math.abs(member.path("clockOffsetMs").asDouble())).isLessThan(1_000);
    }
  }

  /** By which keepalived, too, knows whether it runs. */
  @Test
  void aDaemonIsKnownByItsName() throws IOException {
    Path comm = Path.of("/proc", Long.toString(leader.daemon().pid()), "comm");
    assertThat(Files.readString(comm)).isEqualTo("ssyncd\n");
  }

  @Test
  void statusOfAFollower() throws IOException {
    Member follower = cluster.followers().get(0);
    JsonNode status = json(follower.ctl("-o", "json", "status").ok());

    assertThat(status.path("role").asText()).isEqualTo("follower");
    assertThat(status.path("state").asText()).isEqualTo("FOLLOWER");
    assertThat(status.path("leader").asText()).isEqualTo(leader.name());
    assertThat(status.path("members")).hasSize(3);
  }

  @Test
  void writeOfAFollower() throws IOException {
    Member follower = cluster.followers().get(1);

    JsonNode dry = json(follower.ctl("write", "--dry-run", "http", "-o", "json").ok());
    JsonNode first = json(follower.ctl("write", "http", "-o", "json").ok());
    JsonNode again = json(follower.ctl("write", "http", "f1", "-o", "json").ok());

    assertThat(dry.path("dryRun").asBoolean()).isTrue();
    assertThat(scope(dry).path("applied").asInt()).isEqualTo(SESSIONS);
    assertThat(first.path("version").asInt()).isEqualTo(1);
    assertThat(first.path("result").asText()).isEqualTo("ok");
    assertThat(first.path("dryRun").isBoolean()).isTrue();
    assertThat(first.path("lastKnown").asBoolean()).isFalse();
    assertThat(first.path("stateAgeMs").asLong(-1)).isZero();
    assertThat(first.path("node").asText()).isEqualTo(follower.name());
    assertThat(first.path("index").asLong()).isPositive();
    assertThat(first.path("term").asLong()).isPositive();
    assertThat(first.path("epoch").asLong()).isPositive();
    assertThat(first.path("durationMs").isIntegralNumber()).isTrue();
    assertThat(scope(first).path("kind").asText()).isEqualTo("http");
    assertThat(scope(first).path("scope").asText()).isEqualTo("f1");
    assertThat(scope(first).path("applied").asInt()).isEqualTo(SESSIONS);
    for (String count : new String[] {"removed", "refused", "mismatched", "extra", "expired"}) {
      assertThat(scope(first).path(count).asInt(-1)).as(count).isZero();
    }
    assertThat(scope(first).path("reasons").isObject()).isTrue();
    assertThat(scope(first).path("examples").isArray()).isTrue();
    assertThat(scope(again).path("applied").asInt()).isZero();
    assertThat(scope(again).path("unchanged").asInt()).isEqualTo(SESSIONS);
  }

  @Test
  void writeIntoThePoundThatTheLeaderIngestsFromIsRefused() throws IOException {
    Command.Result refused = leader.ctl("-o", "json", "write", "http");

    assertThat(refused.exit()).isEqualTo(75);
    assertThat(refused.out()).contains("force writes all the same");
    assertThat(JSON.readTree(refused.out()).path("result").asText()).isEqualTo("refused");
    Command.Result text = leader.ctl("write", "http");
    assertThat(text.exit()).isEqualTo(75);
    assertThat(text.err()).startsWith("refused: index ").contains("http f1: refused, for");
    assertThat(leader.ctl("write", "--force", "http").ok().out())
        .isEqualTo("http session data written correclty\n");
  }

  @Test
  void countAndShowHaveTheOldTexts() {
    assertThat(leader.ctl("count", "http").ok().out()).isEqualTo("farm:  f1\n20\n20\n20\n\n");
    assertThat(leader.ctl("show", "http").ok().out())
        .startsWith("farm:  f1\n\thttp Listener: 0\n \t\tService: 0\n\t\t\tSession: ")
        .contains(" ] >> 10.1.1.");
  }

  private static JsonNode scope(JsonNode report) {
    assertThat(report.path("scopes")).hasSize(1);
    return report.path("scopes").path(0);
  }

  private static JsonNode json(Command.Result answer) throws IOException {
    assertThat(answer.out()).endsWith("}\n").hasLineCount(1);
    return JSON.readTree(answer.out());
  }
}
