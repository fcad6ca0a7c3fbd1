package io.ssyncd.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.ssyncd.testkit.Cluster;
import io.ssyncd.testkit.ClusterSpec;
import io.ssyncd.testkit.Member;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A member whose data directory is gone. */
@Tag("long")
@ExtendWith(ShowsLogsOnFailure.class)
class WipedMemberTest {
  private static final Logger log = LoggerFactory.getLogger(WipedMemberTest.class);
  private static final int SESSIONS = 100_000;

  @TempDir Path dir;

  @Test
  void aHundredThousandSessionsAreBackInAnEmptiedMember() {
    try (Cluster cluster =
        ClusterSpec.in(dir).defaultElectionTimeout().farm("f1", Farms.ONE_SERVICE).build()) {
      Member leader = cluster.startPounds().start().awaitLeader();
      for (int held = 20_000; held <= SESSIONS; held += 20_000) {
        leader.pound("f1").traffic("upto-" + held + "-", 20_000);
        cluster.awaitSessions("f1", held);
      }
      Member emptied = cluster.followers().get(0);
      final JsonNode before = cluster.awaitEqual();
      emptied.kill();
      emptied.wipe();

      final long began = System.nanoTime();
      emptied.start();
      cluster.await(
          "the digest of the others",
          () ->
              emptied
                  .status()
                  .filter(s -> s.path("digest").equals(before.path("digest")))
                  .or(Optional::empty));
      log.info(
          "{} sessions back in an emptied member {} ms after its start",
          SESSIONS,
          (System.nanoTime() - began) / 1_000_000);
      assertThat(cluster.awaitSessions("f1", SESSIONS).path("digest"))
          .isEqualTo(before.path("digest"));
    }
  }
}
