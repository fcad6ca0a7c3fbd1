package io.ssyncd.log.atomix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ssyncd.log.LogCluster;
import io.ssyncd.log.LogCluster.Node;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What random faults have found, each by itself. */
@Execution(ExecutionMode.CONCURRENT)
class FoundByChanceTest {
  @TempDir Path directory;

  private final Network network = new Network();

  private LogCluster cluster(int members) {
    return new LogCluster(
        directory,
        members,
        config -> new AtomixLog(config, AtomixLogTest.SMALL, network, null),
        log -> ((AtomixLog) log).abort());
  }

  /**
   * The leader had sent a snapshot to that member and did not send it again: the emptied member
   * applied what was left in the leader's log to an empty table.
   */
  @Test
  void aMemberThatIsEmptiedAfterItWasSentASnapshotIsSentItAgain() throws Exception {
    try (LogCluster cluster = cluster(3).startAll()) {
      String away = cluster.followers().get(0).name();
      cluster.kill(away);
      Node leader = cluster.leader();
      String padding = "x".repeat(150_000);
      for (int i = 0; i < 20; i++) {
        leader.propose(i + padding);
      }
      leader.log().snapshot().get(20, TimeUnit.SECONDS);
      leader.propose("after the snapshot");
      Node back = cluster.start(away);
      cluster.awaitEqual();
      assertThat(back.machine().restores()).isPositive();

      cluster.kill(away);
      empty(directory.resolve(away));
      assertThat(cluster.leader()).isSameAs(leader);
      leader.propose("before it is back");
      Node emptied = cluster.start(away);
      leader.propose("after it is back");
      cluster.awaitEqual();
      assertThat(emptied.machine().restores()).isPositive();
      assertThat(emptied.machine().size()).isEqualTo(23);
    }
  }

  private static void empty(Path log) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(log)) {
      for (Path file : files) {
        Files.delete(file);
      }
    }
  }

  /** It had the new term, and still the old role, when it announced itself. */
  @Test
  void aDeposedLeaderDoesNotAnnounceItselfInItsSuccessorsTerm() throws Exception {
    try (LogCluster cluster = cluster(3).startAll()) {
      for (int round = 0; round < 3; round++) {
        Node old = cluster.leader();
        Node heir = cluster.followers().get(0);
        heir.log().transfer(heir.name()).get(10, TimeUnit.SECONDS);
        heir.propose("round " + round);
        long term = heir.log().status().term();
        await()
            .atMost(LogCluster.PATIENCE)
            .until(() -> old.listener().events().contains("leader " + heir.name() + " " + term));
        assertThat(old.listener().events()).doesNotContain("role LEADER " + term);
      }
    }
  }
}
