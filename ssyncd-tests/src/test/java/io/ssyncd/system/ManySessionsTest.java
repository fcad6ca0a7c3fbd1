package io.ssyncd.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.ssyncd.testkit.Cluster;
import io.ssyncd.testkit.ClusterSpec;
import io.ssyncd.testkit.Member;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** As many sessions as {@code http.max-sessions} allows by default, with a heap for them. */
@Tag("long")
@ExtendWith(ShowsLogsOnFailure.class)
class ManySessionsTest {
  private static final Logger log = LoggerFactory.getLogger(ManySessionsTest.class);
  private static final int STEP = 200_000;
  private static final int SESSIONS = 2_000_000;

  @TempDir Path dir;

  @Test
  void twoMillionSessionsFitIntoAHeapOfTwoAndAHalfGigabytes() {
    try (Cluster cluster =
        ClusterSpec.in(dir)
            .members("lb1")
            .farm("f1", Farms.ONE_SERVICE)
            .environment("SSYNCD_JAVA_OPTS", "-Xmx2500m")
            .build()) {
      Member node = cluster.startPounds().start().awaitLeader();
      for (int held = STEP; held <= SESSIONS; held += STEP) {
        node.pound("f1").traffic("upto-" + held + "-", STEP);
        cluster.awaitSessions("f1", held);
      }
      log.info("{} sessions: {} MB resident", SESSIONS, node.daemon().residentKb() / 1000);
      node.stop();
      node.start();
      cluster.awaitSessions("f1", SESSIONS);
      assertThat(node.alive()).isTrue();
    }
  }
}
