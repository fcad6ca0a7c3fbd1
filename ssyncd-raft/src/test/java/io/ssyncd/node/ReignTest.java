package io.ssyncd.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ssyncd.log.LogStatus;
import io.ssyncd.log.LoopbackCluster;
import io.ssyncd.log.Role;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReignTest {
  private static final LogStatus LEADING = new LogStatus(Role.LEADER, "a", 1, 0, 0, true);
  private static final LogStatus ALONE = new LogStatus(Role.LEADER, "a", 1, 0, 0, false);
  @TempDir Path directory;

  @Test
  void theFenceFallsWithTheLeaseAndForGoodWithTheReign() {
    Reign reign = new Reign(1, System.nanoTime() + Duration.ofSeconds(60).toNanos());
    assertThat(reign.holds()).isTrue();
    reign.renew(System.nanoTime() - 1);
    assertThat(reign.holds()).isFalse();
    reign.renew(System.nanoTime() + Duration.ofSeconds(60).toNanos());
    assertThat(reign.holds()).isTrue();
    reign.end();
    assertThat(reign.holds()).isFalse();
    reign.renew(System.nanoTime() + Duration.ofSeconds(60).toNanos());
    assertThat(reign.holds()).isFalse();
  }

  @Test
  void theLeaseIsRenewedWhileAMajorityAnswers() {
    try (LoopbackCluster cluster = new LoopbackCluster(directory, "a");
        NodeLoop loop = new NodeLoop("node")) {
      LeaseKeeper keeper = new LeaseKeeper(cluster.log("a"), loop, Duration.ofSeconds(60));
      Reign reign = new Reign(1, System.nanoTime());
      keeper.tick(ALONE, reign);
      assertThat(reign.holds()).isFalse();
      keeper.tick(new LogStatus(Role.LEADER, "a", 2, 0, 0, true), reign);
      assertThat(reign.holds()).isFalse();
      keeper.tick(LEADING, reign);
      assertThat(reign.holds()).isTrue();
    }
  }

  @Test
  void aProcessThatStoodStillAsksTheClusterBeforeItWritesOn() throws Exception {
    try (LoopbackCluster cluster = new LoopbackCluster(directory, "a", "b");
        NodeLoop loop = new NodeLoop("node")) {
      var log = cluster.log("a");
      log.start(new io.ssyncd.table.SessionTable(), new Unheard());
      cluster.elect("a");
      // Every tick is later than a lease of nothing, so that each of them doubts.
      LeaseKeeper keeper = new LeaseKeeper(log, loop, Duration.ZERO);
      Reign reign = new Reign(1, System.nanoTime());
      keeper.tick(LEADING, reign);
      keeper.tick(LEADING, reign);
      assertThat(reign.holds()).isFalse();
      LeaseKeeper patient = new LeaseKeeper(log, loop, Duration.ofMillis(50));
      await().pollDelay(Duration.ofMillis(80)).until(() -> true);
      patient.tick(LEADING, reign);
      assertThat(reign.holds()).isFalse();
      // b is not there, so that no barrier can be had.
      for (int i = 0; i < 3; i++) {
        patient.tick(LEADING, reign);
        assertThat(reign.holds()).isFalse();
      }
      var other = cluster.log("b");
      other.start(new io.ssyncd.table.SessionTable(), new Unheard());
      await()
          .atMost(TestCluster.PATIENCE)
          .pollInterval(Duration.ofMillis(5))
          .until(
              () -> {
                patient.tick(LEADING, reign);
                return reign.holds();
              });
    }
  }

  private static final class Unheard implements io.ssyncd.log.LogListener {
    @Override
    public void roleChanged(Role role, long term) {}

    @Override
    public void leaderChanged(String leader, long term) {}

    @Override
    public void halted(String reason) {}
  }
}
