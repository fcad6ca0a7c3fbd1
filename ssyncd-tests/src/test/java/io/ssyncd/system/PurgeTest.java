package io.ssyncd.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.ssyncd.testkit.Cluster;
import io.ssyncd.testkit.ClusterSpec;
import io.ssyncd.testkit.Command;
import io.ssyncd.testkit.Member;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What was purged is in no file of any member: their bytes are looked through. */
@ExtendWith(ShowsLogsOnFailure.class)
@Tag("long")
class PurgeTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String KEY = "alice-0";
  private static final String SMALL_FILES =
      "-XX:TieredStopAtLevel=1 -Dssyncd.log.segment-bytes=1048576";

  @TempDir Path dir;
  private Cluster cluster;

  @AfterEach
  void stop() {
    cluster.close();
  }

  @Test
  void aKeyThatWasPurgedIsInNoFileOfAnyMember() throws IOException {
    cluster =
        ClusterSpec.in(dir)
            .environment("SSYNCD_JAVA_OPTS", SMALL_FILES)
            .farm("f1", Farms.LASTING)
            .build();
    Member leader = cluster.startPounds().start().awaitLeader();
    leader.pound("f1").traffic("bob-", 50);
    leader.pound("f1").traffic("alice-", 1);
    cluster.awaitSessions("f1", 51);
    Member away = cluster.followers().get(0);
    Member stays = cluster.followers().get(1);
    away.kill();
    for (Member member : cluster.members()) {
      assertThat(filesWith(KEY, member)).as(member.name() + " before").isNotEmpty();
    }

    Command.Result dry = leader.ctl("purge", "--key", KEY, "--dry-run").ok();
    assertThat(dry.out()).isEqualTo("would purge 1 record: http f1 1\n");
    Command.Result first = stays.ctl("-o", "json", "purge", "--key", KEY);
    assertThat(first.exit()).as(first.out() + first.err()).isEqualTo(75);
    JsonNode report = JSON.readTree(first.out());
    JsonSchema.of("purge").check(report);
    assertThat(report.path("result").asText()).isEqualTo("incomplete");
    assertThat(report.at("/scopes/0/records").asInt()).isEqualTo(1);
    assertThat(report.at("/members/away")).hasSize(1);
    assertThat(report.at("/members/away/0").asText()).isEqualTo(away.name());
    assertThat(report.at("/members/done")).hasSize(2);
    assertThat(filesWith(KEY, leader)).isEmpty();
    assertThat(filesWith(KEY, stays)).isEmpty();
    assertThat(filesWith(KEY, away)).isNotEmpty();

    away.start();
    cluster.awaitSessions("f1", 50);
    cluster.awaitThat("its files hold it no more", () -> filesWith(KEY, away).isEmpty());
    cluster.awaitThat(
        "all members have told so", () -> leader.ctl("purge", "--key", KEY).exit() == 0);
    assertThat(leader.ctl("show", "http").ok().out()).contains("bob-0").doesNotContain(KEY);
    for (Member member : cluster.members()) {
      assertThat(member.output()).as("the log of " + member.name()).doesNotContain(KEY);
    }
  }

  private static List<Path> filesWith(String text, Member member) {
    try (Stream<Path> files = Files.walk(member.data())) {
      return files.filter(Files::isRegularFile).filter(file -> holds(file, text)).toList();
    } catch (UncheckedIOException | IOException e) {
      // Files come and go; one that was not looked through may hold it.
      return List.of(member.data());
    }
  }

  private static boolean holds(Path file, String text) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
