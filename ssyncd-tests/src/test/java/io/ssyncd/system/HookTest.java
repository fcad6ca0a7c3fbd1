package io.ssyncd.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.ssyncd.testkit.Cluster;
import io.ssyncd.testkit.ClusterSpec;
import io.ssyncd.testkit.Member;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Programs that hear of each step of a promotion, and of a majority that is lost. */
@ExtendWith(ShowsLogsOnFailure.class)
class HookTest {
  private static final List<String> PROMOTION =
      List.of("elected", "caught-up", "writing", "verified", "ingesting");

  @TempDir Path dir;

  private Path script(String name, String line) throws IOException {
    Path file = Files.writeString(dir.resolve(name), "#!/bin/sh\n" + line + "\n");
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** Events that the hook of a member heard of, in order. */
  private List<String> heard(Member member) {
    try {
      Path file = dir.resolve(member.name() + ".heard");
      return Files.exists(file) ? Files.readAllLines(file) : List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Tag("long")
  @Test
  void aPromotionAndALostMajorityAreHeardOfStepByStep() throws Exception {
    Path any = script("any", "echo \"$SSYNCD_EVENT\" >> " + dir + "/$SSYNCD_NODE.heard");
    Path bad = script("bad", "echo no announcement; exit 3");
    ClusterSpec spec =
        ClusterSpec.in(dir)
            .farm("f1", Farms.ONE_SERVICE)
            .line("hooks.any = \"" + any + "\"")
            .line("hooks.ingesting = [\"" + bad + "\", up]");
    try (Cluster cluster = spec.build()) {
      Member leader = cluster.startPounds().start().awaitLeader();
      cluster.awaitThat("it failed", () -> leader.warns("hook-failed"));
      cluster.awaitThat("the promotion is heard of", () -> heard(leader).containsAll(PROMOTION));
      assertThat(heard(leader)).startsWith("follower").containsSubsequence(PROMOTION);
      assertThat(leader.ctl("status").out().replaceAll("\\s+", " "))
          .contains("hooks.ingesting")
          .contains("ended with 3");
      assertThat(leader.output()).contains("no announcement");
      for (Member follower : cluster.followers()) {
        assertThat(heard(follower)).startsWith("follower").doesNotContain("ingesting");
      }

      leader.kill();
      Member heir = cluster.awaitLeader();
      cluster.awaitThat("its promotion is heard of", () -> heard(heir).containsAll(PROMOTION));
      assertThat(heard(heir)).containsSubsequence(PROMOTION);

      Member other = cluster.followers().get(0);
      other.kill();
      cluster.awaitThat("the loss is heard of", () -> heard(heir).contains("quorum-lost"));
      leader.start();
      cluster.awaitThat(
          "its end is heard of",
          () -> heard(heir).lastIndexOf("quorum-back") > heard(heir).lastIndexOf("quorum-lost"));
    }
  }
}
