package io.ssyncd.system;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;

import io.ssyncd.testkit.AcknowledgedSessions;
import io.ssyncd.testkit.Clients;
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

/** A follower hangs for longer than the leader takes to speak to it but once a minute. */
@Tag("long")
@ExtendWith(ShowsLogsOnFailure.class)
class SuspendedFollowerTest {
  private static final Logger log = LoggerFactory.getLogger(SuspendedFollowerTest.class);
  private static final int CLIENTS_PER_SECOND = 100;
  private static final int SUSPENDED_SECONDS = 90;

  @TempDir Path dir;

  @Test
  void aFollowerThatHungFor90SecondsCatchesUp() {
    try (Cluster cluster =
            ClusterSpec.in(dir).defaultElectionTimeout().farm("f1", Farms.LASTING).build();
        AcknowledgedSessions acknowledged = new AcknowledgedSessions()) {
      Member leader = cluster.startPounds().start().awaitLeader();
      Member follower = cluster.followers().get(0);
      acknowledged.watch(cluster);
      Clients clients = new Clients(cluster, "f1", CLIENTS_PER_SECOND);
      clients.come();
      follower.suspend();
      // The clients are the clock: so many come in that time.
      await()
          .atMost(3 * SUSPENDED_SECONDS, SECONDS)
          .until(
              () ->
                  acknowledged.count(clients.at(leader)) >= CLIENTS_PER_SECOND * SUSPENDED_SECONDS);

      long resumed = System.nanoTime();
      follower.resume();
      Healed.check(cluster, acknowledged, clients);
      log.info(
          "equal {} ms after SIGCONT, with {} sessions",
          (System.nanoTime() - resumed) / 1_000_000,
          acknowledged.count());
    }
  }
}
