package io.ssyncd.system;

import io.ssyncd.testkit.AcknowledgedSessions;
import io.ssyncd.testkit.Clients;
import io.ssyncd.testkit.Cluster;
import io.ssyncd.testkit.ClusterSpec;
import io.ssyncd.testkit.Member;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three daemons as operators start them (the distribution's own flags and time-outs, fsync),
 * clients that come all the while, and a record of what was acknowledged: what disasters happen to.
 */
@ExtendWith(ShowsLogsOnFailure.class)
abstract class UnderLoad {
  private static final int CLIENTS_PER_SECOND = 100;

  @TempDir Path dir;
  Cluster cluster;
  Clients clients;
  final AcknowledgedSessions acknowledged = new AcknowledgedSessions();
  final Pauses pauses = new Pauses();

  @BeforeEach
  void start() {
    cluster =
        ClusterSpec.in(dir)
            .defaultElectionTimeout()
            .line("cluster.durability = fsync")
            .environment("SSYNCD_JAVA_OPTS", "")
            .farm("f1", Farms.LASTING)
            .build();
    cluster.startPounds().start();
    clients = new Clients(cluster, "f1", CLIENTS_PER_SECOND);
  }

  @AfterEach
  void stop() {
    acknowledged.close();
    cluster.close();
  }

  /** When the first client of one of these, of whom one will lead, was acknowledged. */
  long firstAcknowledged(List<Member> followers) {
    return cluster.await(
        "a client of the next leader acknowledged",
        () ->
            followers.stream()
                .map(one -> acknowledged.firstOf(clients.at(one)))
                .filter(OptionalLong::isPresent)
                .map(OptionalLong::getAsLong)
                .findFirst());
  }
}
