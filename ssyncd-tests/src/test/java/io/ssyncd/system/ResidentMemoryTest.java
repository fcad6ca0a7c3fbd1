package io.ssyncd.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.ssyncd.testkit.Cluster;
import io.ssyncd.testkit.ClusterSpec;
import io.ssyncd.testkit.Member;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

@ExtendWith(ShowsLogsOnFailure.class)
class ResidentMemoryTest {
  private static final Logger log = LoggerFactory.getLogger(ResidentMemoryTest.class);
  private static final int SESSIONS = 100_000;
  private static final long LIMIT_KB = 400_000;

  @TempDir Path dir;

  /** As the distribution starts it: no option of the JVM is ours. */
  @Test
  void aDaemonWithAHundredThousandSessionsHoldsUnder400MbResident() {
    try (Cluster cluster =
        ClusterSpec.in(dir)
            .farm("f1", Farms.THREE_SERVICES)
            .environment("SSYNCD_JAVA_OPTS", "")
            .build()) {
      Member leader = cluster.startPounds().start().awaitLeader();
      leader.pound("f1").traffic("client-", SESSIONS);
      cluster.awaitSessions("f1", SESSIONS);
      Member follower = cluster.followers().get(0);
      follower.ctl("write", "http").ok();
      assertThat(follower.pound("f1").sessions()).hasSize(SESSIONS);

      for (Member member : cluster.members()) {
        log.info(
            "{}: {} MB resident, {} MB at most",
            member == leader ? "leader" : member == follower ? "follower that wrote" : "follower",
            member.daemon().residentKb() / 1000,
            member.daemon().peakResidentKb() / 1000);
        assertThat(member.daemon().residentKb()).as(member.name()).isLessThan(LIMIT_KB);
      }
    }
  }
}
