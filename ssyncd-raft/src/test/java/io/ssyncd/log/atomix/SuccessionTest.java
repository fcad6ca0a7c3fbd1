package io.ssyncd.log.atomix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ssyncd.log.LogCluster;
import io.ssyncd.log.LogCluster.Node;
import io.ssyncd.log.LogConfig;
import io.ssyncd.log.LogMember;
import io.ssyncd.log.RecordingListener;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** To whom a leader that goes hands leadership: m1 to m3 keep sessions, m4 is a witness. */
@Execution(ExecutionMode.CONCURRENT)
class SuccessionTest {
  @TempDir Path directory;

  private LogCluster cluster() throws Exception {
    return new LogCluster(
            directory,
            4,
            config -> new AtomixLog(config, AtomixLogTest.SMALL),
            log -> ((AtomixLog) log).abort())
        .startAll();
  }

  /**
   * It stood for election at once: the leader was deposed by one that lacked its newest entry, and
   * that it did not vote for. Between a witness on a slow disk and the one member that could lead
   * this went on for ever.
   */
  @Test
  void anHeirThatHasNotHeardOfTheLeaderDoesNotDeposeIt() throws Exception {
    Network network = new Network();
    try (LogCluster cluster =
        new LogCluster(
                directory,
                3,
                config -> new AtomixLog(patient(config), AtomixLogTest.SMALL, network, null),
                log -> ((AtomixLog) log).abort())
            .startAll()) {
      Node leader = cluster.leader();
      Node heir = cluster.followers().get(0);
      network.cutOneWay(leader.name(), heir.name());
      leader.propose("the heir does not hear of it");
      await().atMost(LogCluster.PATIENCE).until(() -> heir.log().status().leader() == null);
      long term = leader.log().status().term();
      CompletableFuture<Void> leads = heir.log().transfer(heir.name());
      network.heal();
      leads.get(10, TimeUnit.SECONDS);
      // A busy machine may need a second round. After deposing the leader, and another one's
      // election, it would be the third.
      assertThat(heir.log().status().term()).isBetween(term + 1, term + 2);
      cluster.awaitEqual();
    }
  }

  /** Nobody else stands for election because a machine is busy. */
  private static LogConfig patient(LogConfig config) {
    return new LogConfig(
        config.member(),
        config.directory(),
        config.cluster(),
        config.members(),
        Duration.ofMillis(1500),
        config.heartbeat(),
        config.durability());
  }

  /** By what they publish; not by name, and the witness would be the best of all. */
  private static void rank(LogCluster cluster, Node leader, List<String> worstFirst) {
    for (Node node : cluster.all()) {
      String merit = String.valueOf(worstFirst.indexOf(node.name()));
      node.log().publish(merit.getBytes(StandardCharsets.UTF_8));
      node.log().preferHeirs(Comparator.comparing(SuccessionTest::published));
    }
    await()
        .atMost(LogCluster.PATIENCE)
        .until(
            () ->
                leader.log().members().stream()
                    .allMatch(member -> member.reachable() && !published(member).isEmpty()));
  }

  private static String published(LogMember member) {
    byte[] notice = member.notice();
    return notice == null ? "" : new String(notice, StandardCharsets.UTF_8);
  }

  private static Node keeper(LogCluster cluster) throws Exception {
    Node leader = cluster.leader();
    if (leader.name().equals("m4")) {
      leader.log().transfer("m1").get();
      leader = cluster.leader();
    }
    return leader;
  }

  private static List<String> heirs(Node leader) {
    return List.of("m1", "m2", "m3").stream().filter(name -> !name.equals(leader.name())).toList();
  }

  @Test
  void aLeaderThatIsClosedHandsOnToTheBest() throws Exception {
    try (LogCluster cluster = cluster()) {
      Node leader = keeper(cluster);
      List<String> heirs = heirs(leader);
      rank(cluster, leader, List.of(heirs.get(0), heirs.get(1), "m4"));
      long term = leader.log().status().term();
      cluster.stop(leader.name());
      assertThat(cluster.leader().name()).isEqualTo(heirs.get(1));
      assertThat(cluster.leader().log().status().term()).isEqualTo(term + 1);
    }
  }

  @Test
  void aLeaderThatIsTakenOutHandsOnToTheBest() throws Exception {
    try (LogCluster cluster = cluster()) {
      Node leader = keeper(cluster);
      List<String> heirs = heirs(leader);
      rank(cluster, leader, List.of(heirs.get(0), heirs.get(1), "m4"));
      RecordingListener others = cluster.node(heirs.get(0)).listener();
      long term = leader.log().status().term();
      leader.log().removeMember(leader.name(), false).get();
      assertThat(others.events()).contains("leader " + heirs.get(1) + " " + (term + 1));
    }
  }
}
