package io.ssyncd.log.atomix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.atomix.cluster.MemberId;
import io.atomix.protocols.raft.cluster.RaftMember;
import io.atomix.protocols.raft.cluster.impl.DefaultRaftMember;
import io.atomix.protocols.raft.protocol.ConfigureRequest;
import io.ssyncd.log.LogCluster;
import io.ssyncd.log.LogCluster.Node;
import io.ssyncd.log.LogConfig;
import io.ssyncd.log.LogMember;
import io.ssyncd.log.LogUnavailableException;
import io.ssyncd.log.MembersContract;
import io.ssyncd.log.ReplicatedLog;
import io.ssyncd.log.atomix.net.Identity;
import io.ssyncd.log.atomix.net.Transport;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The contract of changing members, kept by the adapter for Atomix, and its own traps. */
@Execution(ExecutionMode.CONCURRENT)
class AtomixMembersTest extends MembersContract {
  @TempDir Path own;

  private final Network network = new Network();

  @Override
  protected ReplicatedLog create(LogConfig config) {
    return new AtomixLog(config, AtomixLogTest.SMALL, network, null);
  }

  @Override
  protected void kill(ReplicatedLog log) {
    ((AtomixLog) log).abort();
  }

  /**
   * What it acknowledged and forgot must not be lost with it: the two that lack an entry may not
   * elect each other.
   */
  @Test
  void aMemberThatLostItsDirectoryElectsNobodyWhoLacksWhatItHad() throws Exception {
    try (LogCluster cluster = new LogCluster(own, 3, this::create, this::kill).startAll()) {
      Node leader = cluster.leader();
      String behind = cluster.followers().get(0).name();
      String forgetful = cluster.followers().get(1).name();
      leader.propose("one");
      cluster.awaitEqual();
      network.isolate(behind, cluster.names());
      leader.propose("two");
      cluster.kill(leader.name());
      cluster.kill(forgetful);
      cluster.wipe(forgetful);
      network.heal();
      Node back = cluster.start(forgetful);
      await().atMost(LogCluster.PATIENCE).until(() -> back.log().outside() != null);
      assertThat(back.log().outside()).contains("lost its log").contains(leader.name());
      assertThatThrownBy(() -> cluster.node(behind).propose("three"))
          .as("no leader without the only one that holds the second entry")
          .hasCauseInstanceOf(LogUnavailableException.class);
      assertThat(cluster.all()).noneMatch(Node::leads);

      cluster.start(leader.name());
      cluster.leader().propose("four");
      cluster.awaitEqual();
      assertThat(back.machine().entries()).startsWith("one", "two").endsWith("four");
    }
  }

  @Test
  void oneOfTwoThatLostItsDirectoryIsFilledByTheOther() throws Exception {
    try (LogCluster cluster = new LogCluster(own, 2, this::create, this::kill).startAll()) {
      cluster.leader().propose("one");
      cluster.awaitEqual();
      String forgetful = cluster.followers().get(0).name();
      cluster.kill(forgetful);
      cluster.wipe(forgetful);
      await()
          .atMost(LogCluster.PATIENCE)
          .until(() -> cluster.all().stream().noneMatch(node -> node.log().status().quorum()));
      Node back = cluster.start(forgetful);
      cluster.leader().propose("two");
      cluster.awaitEqual();
      assertThat(back.machine().entries()).containsExactly("one", "two");
    }
  }

  /** Whoever has the cluster's name only is not heard, from wherever it comes. */
  @Test
  void trap6_aStrangerWithTheClustersNameBecomesNoVoter() throws Exception {
    try (LogCluster cluster = new LogCluster(own, 3, this::create, this::kill).startAll()) {
      LogConfig stranger = cluster.newcomer("mallory", "m1", "m2", "m3");
      AtomixLog log = new AtomixLog(stranger, AtomixLogTest.SMALL, network, null);
      log.start(new io.ssyncd.log.RecordingMachine(), new io.ssyncd.log.RecordingListener());
      try {
        await().atMost(LogCluster.PATIENCE).until(() -> log.outside() != null);
        assertThat(log.outside()).contains("no member of this cluster");
        await()
            .atMost(LogCluster.PATIENCE)
            .until(
                () -> ((AtomixLog) cluster.node("m1").log()).counters().get("net_strangers") > 2);
        for (Node node : cluster.all()) {
          assertThat(node.log().members())
              .extracting(member -> member.name())
              .isEqualTo(List.of("m1", "m2", "m3"));
        }
        cluster.leader().propose("undisturbed");
      } finally {
        log.abort();
      }
    }
  }

  @Test
  void aRestartBetweenALogsChangeAndItsCommitCountsByTheNewMembers() throws Exception {
    try (LogCluster cluster = new LogCluster(own, 3, this::create, this::kill).startAll()) {
      LogConfig newcomer = cluster.newcomer("m4", "m1");
      cluster.leader().log().addMember("m4", newcomer.self()).get();
      cluster.start(newcomer);
      await()
          .atMost(LogCluster.PATIENCE)
          .until(
              () ->
                  cluster.all().stream()
                      .allMatch(
                          node ->
                              node.log().members().stream().filter(member -> member.voter()).count()
                                  == 4));
      List<String> all = List.of("m1", "m2", "m3", "m4");
      all.forEach(cluster::kill);
      cluster.start("m1");
      Node second = cluster.start("m2");
      // Two of four are no majority, though they were one of the three in their files.
      assertThatThrownBy(() -> second.propose("one"))
          .hasCauseInstanceOf(LogUnavailableException.class);
      cluster.start(newcomer);
      cluster.leader().propose("two");
      await()
          .atMost(Duration.ofSeconds(15))
          .until(() -> second.machine().entries().contains("two"));
    }
  }

  /** A leader tells of a change and dies before it is in another log: the next one knows better. */
  @Test
  void aChangeThatTheNewLeaderDoesNotHaveIsTakenBack() throws Exception {
    try (LogCluster cluster = new LogCluster(own, 3, this::create, this::kill).startAll()) {
      cluster.leader().propose("one");
      cluster.awaitEqual();
      cluster.names().forEach(cluster::kill);
      Transport ghost = ghost(cluster.config("m1"));
      ghost.start();
      Node second;
      try {
        second = cluster.start("m2");
        ConfigureRequest change =
            ConfigureRequest.builder()
                .withTerm(1000)
                .withLeader(MemberId.from("m1"))
                .withIndex(5000)
                .withTime(System.currentTimeMillis())
                .withMembers(
                    new ArrayList<>(
                        List.of(
                            member("m1", RaftMember.Type.ACTIVE),
                            member("m2", RaftMember.Type.ACTIVE),
                            member("m3", RaftMember.Type.PROMOTABLE))))
                .build();
        await()
            .atMost(LogCluster.PATIENCE)
            .ignoreExceptions()
            .until(
                () ->
                    ghost
                            .ask(
                                "m2",
                                "ssyncd-configure",
                                WireFormat.serializer().encode(change),
                                Duration.ofSeconds(1))
                            .get(2, TimeUnit.SECONDS)
                            .length
                        > 0);
        await().atMost(LogCluster.PATIENCE).until(() -> voters(second).size() == 2);
      } finally {
        ghost.stop(Duration.ofSeconds(1));
      }
      cluster.start("m3");
      await().atMost(LogCluster.PATIENCE).until(() -> voters(second).size() == 3);
      assertThat(cluster.leader().name()).isEqualTo("m3");
      second.propose("two");
    }
  }

  private static List<String> voters(Node node) {
    return node.log().members().stream().filter(LogMember::voter).map(LogMember::name).toList();
  }

  private static RaftMember member(String name, RaftMember.Type type) {
    return new DefaultRaftMember(MemberId.from(name), type, Instant.now());
  }

  private static Transport ghost(LogConfig config) {
    Map<String, Identity.Endpoint> members = new HashMap<>();
    config
        .members()
        .forEach(
            (name, where) -> members.put(name, new Identity.Endpoint(where.host(), where.port())));
    return new Transport(
        new Identity(config.cluster(), config.member(), members), (from, to) -> true);
  }
}
