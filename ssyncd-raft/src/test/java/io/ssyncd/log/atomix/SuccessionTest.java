package io.ssyncd.log.atomix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ssyncd.log.LogCluster;
import io.ssyncd.log.LogCluster.Node;
import io.ssyncd.log.LogMember;
import io.ssyncd.log.RecordingListener;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
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
