package io.ssyncd.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.ssyncd.testkit.Cluster;
import io.ssyncd.testkit.ClusterSpec;
import io.ssyncd.testkit.Command;
import io.ssyncd.testkit.Member;
import io.ssyncd.testkit.OldMaster;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** {@code ssyncdctl import}: a cluster of processes takes over from a double of the old master. */
@ExtendWith(ShowsLogsOnFailure.class)
class ImportTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int SESSIONS = 10_000;
  private static final int ENTRIES = 100;
  private static final long COUNTER = (1L << 32) + 5_000_000;

  @TempDir static Path dir;
  private static Cluster cluster;
  private static Member leader;

  @BeforeAll
  static void start() {
    cluster = ClusterSpec.in(dir).line("http.delete-hold = 1 s").build();
    leader = cluster.start().awaitLeader();
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  private static JsonNode json(String text) throws IOException {
    return JSON.readTree(text);
  }

  @Test
  void tenThousandSessionsAndAHundredEntriesComeOverThoughTheConnectionBreaksInTheMiddle()
      throws IOException {
    try (OldMaster old = OldMaster.at("127.0.0.1")) {
      long now = System.currentTimeMillis() / 1000;
      for (int i = 0; i < SESSIONS; i++) {
        old.session("f1", i % 2, i % 3, i % 4, "client-" + i, "10.0.0." + i % 4, now - i % 100);
      }
      for (int i = 0; i < ENTRIES; i++) {
        long seen = COUNTER - 250L * i;
        old.entry("T" + i % 2, "10.1.0." + i, 64, 2, seen - 500, seen);
      }
      old.singleBytes(4_000).breakAfter(250_000);

      Command.Result first = leader.ctl("import", old.at(), "-o", "json");

      JsonNode report = json(first.ok().out());
      assertThat(report.path("version").asInt()).isEqualTo(1);
      assertThat(report.path("connections").asInt()).isEqualTo(2);
      assertThat(report.path("complete").asBoolean()).isTrue();
      assertThat(report.path("http").path("added").asInt()).isEqualTo(SESSIONS);
      assertThat(report.path("recent").path("added").asInt()).isEqualTo(ENTRIES);
      assertThat(report.path("http").path("refused")).isEmpty();
      assertThat(report.path("absent").asInt()).isZero();
      assertThat(report.path("scopes").toString())
          .isEqualTo(
              "[{\"kind\":\"http\",\"scope\":\"f1\",\"count\":10000},"
                  + "{\"kind\":\"recent\",\"scope\":\"T0\",\"count\":50},"
                  + "{\"kind\":\"recent\",\"scope\":\"T1\",\"count\":50}]");
      assertThat(report.path("notes").toString()).contains("too small by the age");
      cluster.awaitCount("http", "f1", SESSIONS);
      cluster.awaitCount("recent", "T0", ENTRIES / 2);
      cluster.awaitCount("recent", "T1", ENTRIES / 2);
    }
  }

  @Tag("long")
  @Test
  void whatHappensIsFollowedAndNoClearAndNoDyingMasterEmptiesTheCluster() throws Exception {
    try (OldMaster old = OldMaster.at("127.0.0.1")) {
      long now = System.currentTimeMillis() / 1000;
      for (int i = 0; i < 50; i++) {
        old.session("f2", 0, 0, 0, "client-" + i, "10.0.0.1", now);
      }
      try (Following follow = Following.start(leader, old.at())) {
        cluster.awaitCount("http", "f2", 50);
        old.session("f2", 0, 0, 0, "client-50", "10.0.0.1", now);
        cluster.awaitCount("http", "f2", 51);
        old.sessionGone("f2", 0, 0, "client-0");
        cluster.awaitCount("http", "f2", 50);
        // Its Pound restarts, and comes back empty but for who came since.
        old.clear("f2").session("f2", 0, 0, 0, "client-51", "10.0.0.1", now);
        cluster.awaitCount("http", "f2", 51);
        int hellos = old.hellos();
        old.vanish();
        cluster.awaitThat("a warning", () -> leader.warns("import-disconnected"));
        old.comeBack();
        cluster.awaitThat("another hello", () -> old.hellos() > hellos);
        old.session("f2", 0, 0, 0, "client-52", "10.0.0.1", now);
        cluster.awaitCount("http", "f2", 52);
        cluster.awaitThat("no warning", () -> !leader.warns("import-disconnected"));

        assertThat(leader.ctl("import", old.at()).exit()).isEqualTo(75);
        String report = follow.end();
        assertThat(report).contains("clears ignored: 1", "connected 2 times", "http f2: ");
      }
      int known = old.sessions();
      JsonNode again = json(leader.ctl("import", old.at(), "-o", "json").ok().out());
      assertThat(again.path("http").path("added").asInt()).isZero();
      assertThat(again.path("http").path("unchanged").asInt()).isEqualTo(known);
    }
  }

  @Tag("long")
  @Test
  void whoStopsAnImportIsToldOfAllThatCame() throws Exception {
    try (OldMaster old = OldMaster.at("127.0.0.1");
        Following follow = Following.start(leader, old.at())) {
      cluster.awaitThat("a hello", () -> old.hellos() > 0);
      long now = System.currentTimeMillis() / 1000;
      for (int i = 0; i < 100; i++) {
        old.session("f4", 0, 0, 0, "client-" + i, "10.0.0.1", now);
      }
      cluster.awaitCount("http", "f4", 100);
      assertThat(follow.end()).contains("http f4: 100");
      // And the next one begins at once.
      leader.ctl("import", old.at()).ok();
    }
  }

  @Tag("long")
  @Test
  void aKilledClientDoesNotKeepTheNextOneFromImporting() {
    try (OldMaster old = OldMaster.at("127.0.0.1")) {
      try (Following killed = Following.start(leader, old.at())) {
        cluster.awaitThat("a hello", () -> old.hellos() > 0);
      }
      leader.ctl("import", old.at()).ok();
    }
  }

  @Test
  void aFollowerSaysWhoLeads() {
    Member follower = cluster.followers().get(0);
    Command.Result result = follower.ctl("import", "127.0.0.1:1");
    assertThat(result.exit()).isEqualTo(75);
    assertThat(result.err()).contains(leader.name() + " does");
    assertThat(leader.ctl("import", "nonsense").exit()).isEqualTo(64);
  }

  @Test
  void hostileBytesEndTheConnectionAndHurtNothing() throws IOException {
    try (OldMaster old = OldMaster.at("127.0.0.1")) {
      long now = System.currentTimeMillis() / 1000;
      old.session("f3", 0, 0, 0, "good", "10.0.0.1", now);
      old.session("f3", 0, 0, 0, "", "10.0.0.1", now);
      try (Following follow = Following.start(leader, old.at())) {
        cluster.awaitCount("http", "f3", 1);
        int hellos = old.hellos();
        old.tell("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        cluster.awaitThat("another hello", () -> old.hellos() > hellos);
        assertThat(leader.output())
            .contains("frame at byte 0 is refused: empty-key")
            .contains("sent what no old master does: frame at byte ");
        assertThat(follow.end()).contains("old master " + old.at());
      }
      cluster.awaitCount("http", "f3", 1);
    }
  }
}
