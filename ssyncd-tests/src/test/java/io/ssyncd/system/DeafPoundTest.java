package io.ssyncd.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.ssyncd.testkit.Cluster;
import io.ssyncd.testkit.ClusterSpec;
import io.ssyncd.testkit.Member;
import io.ssyncd.testkit.SyncClient;
import io.ssyncd.testkit.SyncFrame;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A Pound that takes sessions and tells of none does not keep the cluster from learning. */
@ExtendWith(ShowsLogsOnFailure.class)
class DeafPoundTest {
  /** More than its socket holds, so that Pound is still sending when it is left. */
  private static final int SESSIONS = 2_000;

  @TempDir Path dir;
  private Cluster cluster;
  private Member deaf;

  @BeforeEach
  void start() {
    cluster = ClusterSpec.in(dir).farm("f1", Farms.THREE_SERVICES).build();
    deaf = cluster.startPounds().start().awaitLeader();
    deaf.pound("f1").traffic("client-", SESSIONS);
    cluster.awaitSessions("f1", SESSIONS);
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  @Test
  void aLeaderWithADeafPoundHandsLeadershipOn_andKeepsItOnceThatPoundIsRestarted() {
    deaf.kill();
    deafen();
    cluster.awaitLeader();
    deaf.start();
    cluster.awaitThat("it is said that the Pound is deaf", () -> warned("pound-deaf"));

    deaf.ctl("switch", "master").ok();
    cluster.awaitThat(
        "leadership is handed on", () -> deaf.output().contains("handing leadership to"));
    Member heir = cluster.awaitLeader();
    assertThat(heir).isNotSameAs(deaf);
    heir.pound("f1").traffic("after-", 10);
    cluster.awaitSessions("f1", SESSIONS + 10);

    deaf.pound("f1").kill();
    deaf.pound("f1").start();
    cluster.awaitThat("the new Pound is heard", () -> !warned("pound-deaf"));
    deaf.ctl("switch", "master").ok();
    assertThat(cluster.awaitLeader()).isSameAs(deaf);
    assertThat(deaf.pound("f1").sessions()).hasSize(SESSIONS + 10);
    assertThat(warned("deaf-leads")).isFalse();
  }

  /** Hangs up in the middle of a dump, as a daemon does that is killed there. */
  private void deafen() {
    try (SyncClient client = SyncClient.connect(deaf.poundSocket("f1"))) {
      client.send(SyncFrame.syncRequest("f1"));
      assertThat(client.read(1, Duration.ofSeconds(30))).isNotEmpty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    cluster.awaitThat("Pound is deaf", deaf.pound("f1")::isDeaf);
  }

  private boolean warned(String code) {
    return deaf.status()
        .map(status -> status.path("warnings").findValuesAsText("code").contains(code))
        .orElse(false);
  }
}
