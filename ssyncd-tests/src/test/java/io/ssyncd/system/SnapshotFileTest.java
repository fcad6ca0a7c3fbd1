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
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** {@code ssyncdctl snapshot}: saved, refused where it must be, restored on all members. */
@ExtendWith(ShowsLogsOnFailure.class)
class SnapshotFileTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int SESSIONS = 500;

  @TempDir static Path dir;
  private static Cluster cluster;

  @BeforeAll
  static void start() {
    cluster = ClusterSpec.in(dir).farm("f1", Farms.ONE_SERVICE).build();
    Member leader = cluster.startPounds().start().awaitLeader();
    leader.pound("f1").traffic("client-", SESSIONS);
    cluster.awaitSessions("f1", SESSIONS);
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  private static Path save(Member by, String name) {
    Path file = dir.resolve(name);
    by.ctl("snapshot", "save", file.toString()).ok();
    return file;
  }

  @Test
  void aSavedTableIsWholePrivateAndNotOverwrittenByChance() throws IOException {
    Member follower = cluster.followers().get(0);
    Path file = save(follower, "first.saved");

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    try (Stream<Path> files = Files.list(dir)) {
      assertThat(files.map(Path::toString)).noneMatch(name -> name.endsWith(".part"));
    }
    Command.Result again = follower.ctl("snapshot", "save", file.toString());
    assertThat(again.exit()).isEqualTo(73);
    assertThat(again.err()).contains("--force");
    JsonNode saved =
        JSON.readTree(
            follower.ctl("-o", "json", "snapshot", "save", "--force", file.toString()).ok().out());
    assertThat(saved.path("http").asInt()).isEqualTo(SESSIONS);
    assertThat(follower.ctl("snapshot", "save", "/nowhere/at/all").exit()).isEqualTo(73);
  }

  @Test
  void damageIsRefusedWithItsPlaceAndNothingChanges() throws IOException {
    Member follower = cluster.followers().get(0);
    byte[] bytes = Files.readAllBytes(save(follower, "second.saved"));
    bytes[bytes.length / 2] ^= 1;
    Path damaged = Files.write(dir.resolve("damaged.saved"), bytes);

    Command.Result refused = follower.ctl("snapshot", "restore", damaged.toString());

    assertThat(refused.exit()).isEqualTo(65);
    assertThat(refused.err()).contains("before byte ");
    assertThat(follower.ctl("snapshot", "restore", dir.resolve("absent").toString()).exit())
        .isEqualTo(66);
    cluster.awaitSessions("f1", SESSIONS);
  }

  @Test
  void whatWasClearedComesBackOnAllMembersAndInTheLeadersPound() {
    Member leader = cluster.awaitLeader();
    Member follower = cluster.followers().get(1);
    Path file = save(leader, "third.saved");
    List<String> before = leader.pound("f1").sessions();
    follower.ctl("clear", "http").ok();
    cluster.awaitThat(
        "cleared everywhere",
        () ->
            cluster.statuses().stream()
                .allMatch(s -> s.path("sessions").path("http").path("f1").asInt() == 0));

    Command.Result restored = follower.ctl("snapshot", "restore", file.toString()).ok();

    assertThat(restored.err()).contains("restored " + SESSIONS + " HTTP sessions");
    cluster.awaitLeader();
    cluster.awaitSessions("f1", SESSIONS);
    assertThat(leader.pound("f1").sessions()).containsAll(before);
    assertThat(follower.ctl("digest").exit()).isZero();
    assertThat(follower.ctl("snapshot", "abandon").ok().err()).contains("no unfinished restore");
  }
}
