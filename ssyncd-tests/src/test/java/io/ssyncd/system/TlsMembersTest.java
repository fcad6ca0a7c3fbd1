package io.ssyncd.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.ssyncd.testkit.Cluster;
import io.ssyncd.testkit.ClusterSpec;
import io.ssyncd.testkit.Command;
import io.ssyncd.testkit.Distribution;
import io.ssyncd.testkit.Member;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Members come and are replaced in a cluster on TLS, with certificates made where the CA is. */
@Tag("long")
@ExtendWith(ShowsLogsOnFailure.class)
class TlsMembersTest {
  private static final String[] FIRST = {"lb1", "lb2", "lb3"};
  private static final int SESSIONS = 1000;

  @TempDir Path dir;

  @Test
  void aFourthIsTakenInWithACertificateOfItsOwnAndADeadOneIsReplaced() throws IOException {
    ClusterSpec spec =
        ClusterSpec.in(dir)
            .tls()
            .members("lb1", "lb2", "lb3", "lb4")
            .knows("lb4", "lb4", "lb2")
            .farm("f1", Farms.ONE_SERVICE);
    for (String name : FIRST) {
      spec.knows(name, FIRST);
    }
    try (Cluster cluster = spec.build()) {
      for (String end : List.of(".crt", ".key")) {
        Files.delete(dir.resolve("tls/lb4" + end)); // of the cluster's beginning; it comes later
      }
      Member leader = cluster.startPounds().start(FIRST).awaitLeader();
      leader.pound("f1").traffic("client-", SESSIONS);
      cluster.awaitSessions("f1", SESSIONS);

      Member fourth = cluster.member("lb4");
      certificateFor(fourth);
      leader.ctl("member", "add", "lb4", fourth.address()).ok();
      fourth.start();
      cluster.awaitSessions("f1", SESSIONS);
      cluster.awaitThat("four vote", () -> voters(leader) == 4);

      Member dead = cluster.followers().stream().filter(m -> m != fourth).findFirst().orElseThrow();
      dead.kill();
      leader.ctl("member", "remove", dead.name()).ok();
      dead.wipe();
      certificateFor(dead);
      leader.ctl("member", "add", dead.name(), dead.address()).ok();
      dead.start();
      cluster.awaitThat("four vote again", () -> voters(leader) == 4);
      leader.pound("f1").traffic("after-", 100);
      cluster.awaitSessions("f1", SESSIONS + 100);
      assertThat(leader.ctl("digest").exit()).isZero();
    }
  }

  private static long voters(Member asked) {
    long voters = 0;
    for (JsonNode member : asked.status().orElseThrow().path("members")) {
      voters += member.path("voter").asBoolean() && member.path("reachable").asBoolean() ? 1 : 0;
    }
    return voters;
  }

  /** As README says: made where the CA is, and copied to the member. */
  private void certificateFor(Member member) throws IOException {
    Path made = dir.resolve("made-for-" + member.name());
    Command.run(
            List.of(
                Distribution.built().ssyncd().toString(),
                "tls",
                "member",
                member.name(),
                "--dir",
                dir.resolve("tls").toString(),
                "--out",
                made.toString()))
        .ok();
    for (String end : List.of(".crt", ".key")) {
      Path place = dir.resolve("tls/" + member.name() + end);
      Files.deleteIfExists(place);
      Files.copy(made.resolve(member.name() + end), place);
    }
  }
}
