package io.ssyncd.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.ssyncd.testkit.Cluster;
import io.ssyncd.testkit.ClusterSpec;
import io.ssyncd.testkit.Command;
import io.ssyncd.testkit.Distribution;
import io.ssyncd.testkit.Member;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The operator's tool asked for everything it knows, of real daemons. */
@ExtendWith(ShowsLogsOnFailure.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ToolTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ROW =
      "src=192.0.2.%d ttl: 64 last_seen: 4295000000 oldest_pkt: 1 4295000000\n";
  private static final String SECRET = "user:secret";

  @TempDir static Path dir;
  private static Cluster cluster;
  private static Member leader;
  private static Member follower;

  @BeforeAll
  static void start() throws IOException {
    ClusterSpec spec =
        ClusterSpec.in(dir)
            .farm("f1", Farms.THREE_SERVICES)
            .farm("basic", Farms.ONE_SERVICE)
            .recent();
    for (String name : List.of("lb1", "lb2", "lb3")) {
      Path tables = Files.createDirectories(dir.resolve("tables-" + name));
      Files.writeString(tables.resolve("T1"), ROW.formatted(1) + ROW.formatted(2));
      spec.lineOf(name, "recent.proc-dir = \"" + tables + "\"");
    }
    // What a Pound is started with is written anew: it knows nothing of passwords.
    cluster = spec.build().startPounds();
    for (Member member : cluster.members()) {
      Path config = member.poundConfig("basic");
      Files.writeString(
          config,
          Files.readString(config)
              .replaceAll("(?m)^\\s*ID .*$", "")
              .replaceAll("Type \\w+", "Type BASIC"));
    }
    leader = cluster.start().awaitLeader();
    follower = cluster.followers().get(0);
    leader.pound("f1").traffic("client-", 30);
    leader.pound("basic").command("request 0/0 " + SECRET);
    cluster.awaitSessions("f1", 30);
    cluster.awaitSessions("basic", 1);
    cluster.awaitThat(
        "the rows are held",
        () -> leader.status().orElseThrow().at("/sessions/recent/T1").asInt() == 2);
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  private static JsonNode json(Command.Result answer) throws IOException {
    assertThat(answer.out()).as("%s", answer).endsWith("}\n");
    return JSON.readTree(answer.out());
  }

  /** Runs a verb and holds its document against the manual. */
  private static JsonNode checked(String section, int exit, String... verb) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("-o", "json"));
    arguments.addAll(List.of(verb));
    Command.Result answer = follower.ctl(arguments.toArray(String[]::new));
    assertThat(answer.exit()).as("%s", answer).isEqualTo(exit);
    JsonNode document = json(answer);
    JsonSchema.of(section).check(document);
    return document;
  }

  @Test
  @Order(1)
  void everyDocumentIsAsTheManualSays() throws IOException {
    JsonNode status = checked("status", 0, "status");
    for (String list : List.of("members[]", "sinks[]", "sources[]", "queues[]", "failovers[]")) {
      assertThat(JsonSchema.at(status, list)).as(list).isNotEmpty();
    }
    checked("health", 0, "health");
    checked("members", 0, "members");
    JsonNode top = checked("top", 0, "top", "--interval", "1");
    assertThat(top.path("backends")).hasSizeGreaterThanOrEqualTo(7);
    assertThat(checked("show http", 0, "show", "http").path("items")).hasSize(31);
    assertThat(checked("show recent", 0, "show", "recent").path("items")).hasSize(2);
    checked("show mode", 0, "show", "mode");
    assertThat(checked("count", 0, "count", "http").path("items")).hasSize(2);
    checked("count", 0, "count", "recent");
    checked("write", 0, "write", "--dry-run", "http", "f1");
    assertThat(checked("find", 0, "find", "client-7").path("matches")).hasSize(1);
    checked("find", 1, "find", "nobody");
    assertThat(checked("history", 0, "history", "client-7").path("records")).hasSize(1);
    checked("history", 1, "history", "nobody");
    checked("digest", 0, "digest");
    checked("diff", 0, "diff", "lb1", "lb2");
    Path saved = dir.resolve("saved");
    checked("snapshot save", 0, "snapshot", "save", saved.toString());
    checked("snapshot restore", 0, "snapshot", "restore", "--yes", saved.toString());
    checked("snapshot abandon", 0, "snapshot", "abandon");
    checked("stop", 0, "stop", "http", "basic");
    checked("start", 0, "start", "http", "basic");
    checked("error", 64, "diff", "lb1", "nobody");
    checked("error", 66, "snapshot", "restore", "--yes", dir.resolve("none").toString());
    cluster.awaitLeader();
  }

  @Test
  @Order(2)
  void statusAnswersAtAGlance() {
    cluster.awaitThat("healthy", () -> follower.ctl("status").exit() == 0);

    String text = follower.ctl("status").ok().out();

    assertThat(text.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThan(81));
    assertThat(text)
        .contains("Leader   " + leader.name() + ", INGESTING")
        .contains("In sync  yes: 3 of 3 members hold the same")
        .contains("Quorum   safe: 3 of 3 voters answer, 2 needed; 1 more may fail")
        .contains("Trouble  none")
        .contains("http f1");
    assertThat(follower.ctl("health").ok().out()).isEqualTo("healthy\n");
  }

  @Test
  @Order(3)
  void topWithoutATerminalLooksOnce() {
    String text = follower.ctl("top", "--interval", "1").ok().out();

    assertThat(text.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThan(81));
    assertThat(text).doesNotContain("\u001b").doesNotContain(SECRET);
    assertThat(text).contains("a second: ", "http f1", "10.1.1.1", "LAST CHANGES OF LEADER");
    assertThat(follower.ctl("top", "--interval", "0").exit()).isEqualTo(64);
  }

  @Test
  @Order(4)
  void aClientIsFoundWithTheEntryThatPutItThere() throws IOException {
    Command.Result text = follower.ctl("find", "client-7");
    assertThat(text.ok().out())
        .contains("http f1, listener ", "key client-7", "backend ", "put there at index ");
    JsonNode entry = json(follower.ctl("-o", "json", "find", "192.0.2.1")).at("/matches/0");
    assertThat(entry.path("kind").asText()).isEqualTo("recent");
    assertThat(entry.path("scope").asText()).isEqualTo("T1");
    assertThat(entry.at("/since/index").asLong()).isPositive();

    Command.Result none = follower.ctl("find", "--kind", "http", "192.0.2.1");
    assertThat(none.exit()).isEqualTo(1);
    assertThat(none.err()).contains("nobody of that key or address");
    assertThat(follower.ctl("find", "--scope", "basic", "client-7").exit()).isEqualTo(1);
  }

  @Test
  @Order(5)
  void aHistoryTellsWhatChangedAndFromWhereOn() throws IOException {
    leader.pound("f1").command("request 0/0 moving");
    cluster.awaitThat("it is held", () -> follower.ctl("find", "moving").exit() == 0);

    JsonNode history = json(follower.ctl("-o", "json", "history", "moving"));

    assertThat(history.at("/log/from").asLong()).isEqualTo(1);
    JsonNode changes = history.at("/records/0/changes");
    assertThat(changes).isNotEmpty();
    JsonNode found = json(follower.ctl("-o", "json", "find", "moving")).at("/matches/0");
    assertThat(changes.path(0).path("index")).isEqualTo(found.at("/since/index"));
    assertThat(found.at("/since/certain").asBoolean()).isTrue();
    assertThat(follower.ctl("history", "moving").ok().out())
        .contains("the log goes from index 1 to ", " put ", "backend ");
    assertThat(follower.ctl("history", "--limit", "0", "moving").exit()).isEqualTo(64);
  }

  @Test
  @Order(6)
  void aPasswordIsNowhereToBeSeen() throws IOException {
    for (String verb : List.of("find", "history")) {
      for (String format : List.of("text", "json")) {
        Command.Result answer = follower.ctl("-o", format, verb, SECRET);
        assertThat(answer.ok().out())
            .as(verb)
            .contains("basic")
            .doesNotContain("secret\"")
            .doesNotContain(SECRET);
      }
    }
    assertThat(follower.ctl("find", SECRET).out()).contains("(its key is a secret)");
    String name = json(follower.ctl("-o", "json", "find", SECRET)).at("/matches/0/name").asText();
    assertThat(follower.ctl("find", name).ok().out()).as("by its name").contains("http basic");
  }

  @Test
  @Order(7)
  void aWatchStreamsWhatWasAskedFor() throws Exception {
    try (Watching puts = new Watching("--op", "put", "--scope", "f1", "--count", "2");
        Watching secrets = new Watching("-o", "json", "--scope", "basic", "--count", "1")) {
      // Both are heard of once they have begun: what is put again and again is seen in the end.
      cluster.awaitThat(
          "two watches saw what they wait for",
          () -> {
            long now = System.nanoTime();
            leader.pound("f1").command("request 0/0 watched-" + now);
            leader.pound("basic").command("request 0/0 user:hidden-" + now);
            return puts.hasEnded() && secrets.hasEnded();
          });
      List<String> lines = puts.lines();
      assertThat(lines)
          .hasSize(2)
          .allMatch(line -> line.contains(" put ") && line.contains("http f1"));
      String line = secrets.lines().get(0);
      JsonNode change = JSON.readTree(line);
      JsonSchema.of("watch").check(change);
      assertThat(change.path("key").isNull()).isTrue();
      assertThat(line).doesNotContain("hidden");
    }
    assertThat(follower.ctl("watch", "--op", "vanish").exit()).isEqualTo(64);
  }

  /** A {@code watch} in a process of its own. */
  private static final class Watching implements AutoCloseable {
    private final Process process;

    Watching(String... arguments) throws IOException {
      List<String> command = new ArrayList<>();
      command.add(Distribution.built().ssyncdctl().toString());
      command.addAll(List.of("--socket", follower.control().toString(), "watch"));
      command.addAll(List.of(arguments));
      process = new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    boolean hasEnded() {
      return !process.isAlive();
    }

    List<String> lines() throws IOException {
      try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
        return reader.lines().toList();
      }
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }

  @Test
  @Order(8)
  void aLeaderIsDrainedOnlyWhenAnotherCanServe() throws IOException {
    Member third = cluster.followers().get(1);
    third.kill();
    cluster.awaitThat("the leader misses it", () -> leader.warns("member-unreachable"));
    Command.Result refused = leader.ctl("drain");
    assertThat(refused.exit()).as("%s", refused).isEqualTo(75);
    assertThat(refused.err()).contains("nothing could be committed", "--force");
    assertThat(leader.alive()).isTrue();

    third.start();
    cluster.awaitThat("all are back", () -> leader.ctl("health").exit() == 0);
    Command.Result drained = leader.ctl("drain");
    assertThat(drained.ok().out()).contains(" serves; this daemon ends");
    assertThat(leader.daemon().awaitExit()).isZero();
    Member next = cluster.awaitLeader();
    assertThat(drained.out()).startsWith(next.name());
    assertThat(json(next.ctl("-o", "json", "status")).at("/failovers/0/to").asText())
        .isEqualTo(next.name());

    Member left = cluster.running().stream().filter(m -> m != next).findFirst().orElseThrow();
    cluster.awaitThat("it misses who was drained", () -> left.warns("member-unreachable"));
    JsonNode forced = json(left.ctl("-o", "json", "drain", "--force"));
    JsonSchema.of("drain").check(forced);
    assertThat(forced.path("forced").asText()).contains("nothing could be committed");
    assertThat(left.daemon().awaitExit()).isZero();
  }
}
