package io.ssyncd.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.ssyncd.log.LogCluster.Node;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every {@link ReplicatedLog} keeps while its members change. */
public abstract class MembersContract {
  @TempDir Path directory;

  /** A log that was not started yet, with small files where the adapter has any. */
  protected abstract ReplicatedLog create(LogConfig config);

  /** Ends a log as the death of its process would. */
  protected abstract void kill(ReplicatedLog log);

  private LogCluster cluster(int members) throws Exception {
    return new LogCluster(directory, members, this::create, this::kill);
  }

  private static void add(Node asked, LogConfig newcomer) throws Exception {
    asked.log().addMember(newcomer.member(), newcomer.self()).get(15, TimeUnit.SECONDS);
  }

  private static void remove(Node asked, String name) throws Exception {
    asked.log().removeMember(name, false).get(15, TimeUnit.SECONDS);
  }

  private static List<String> voters(Node node) {
    return node.log().members().stream().filter(LogMember::voter).map(LogMember::name).toList();
  }

  private static void awaitVoters(LogCluster cluster, String... names) {
    await()
        .atMost(LogCluster.PATIENCE)
        .untilAsserted(
            () -> {
              for (Node node : cluster.all()) {
                assertThat(voters(node)).as(node.name()).containsExactly(names);
              }
            });
  }

  private static void proposeMany(LogCluster cluster, String what, int count) throws Exception {
    for (int i = 0; i < count; i++) {
      cluster.leader().propose(what + i);
    }
  }

  @Test
  void aNewMemberThatKnowsOneOtherFillsItselfAndVotes() throws Exception {
    try (LogCluster cluster = cluster(3).startAll()) {
      proposeMany(cluster, "before ", 50);
      LogConfig newcomer = cluster.newcomer("m4", "m2");
      add(cluster.followers().get(0), newcomer);
      proposeMany(cluster, "meanwhile ", 10);
      Node fourth = cluster.start(newcomer);
      cluster.awaitEqual();
      assertThat(fourth.machine().size()).isEqualTo(60);
      awaitVoters(cluster, "m1", "m2", "m3", "m4");
      for (Node node : cluster.all()) {
        assertThat(node.log().outside()).isNull();
        assertThat(node.log().members())
            .filteredOn(member -> member.name().equals("m4"))
            .extracting(LogMember::address)
            .containsExactly(newcomer.self().text());
      }
      // Three of four are a majority, and the new one is of them.
      cluster.kill(
          cluster.followers().stream().filter(n -> !n.equals(fourth)).findFirst().get().name());
      assertThat(fourth.propose("with its vote").outcome()).isEqualTo(Outcome.APPLIED);
      fourth.log().transfer("m4").get(10, TimeUnit.SECONDS);
      assertThat(cluster.leader()).isSameAs(fourth);
    }
  }

  @Test
  void aNewMemberFillsItselfFromASnapshot() throws Exception {
    try (LogCluster cluster = cluster(3).startAll()) {
      for (int i = 0; i < 30; i++) {
        cluster.leader().propose("x".repeat(100_000) + i);
      }
      for (Node node : cluster.all()) {
        node.log().snapshot().get(20, TimeUnit.SECONDS);
      }
      LogConfig newcomer = cluster.newcomer("m4", "m1", "m2", "m3");
      add(cluster.leader(), newcomer);
      Node fourth = cluster.start(newcomer);
      cluster.awaitEqual();
      assertThat(fourth.machine().size()).isEqualTo(30);
      awaitVoters(cluster, "m1", "m2", "m3", "m4");
    }
  }

  @Test
  void aMemberThatWasNotAddedSaysSoAndDisturbsNobodyUntilItIs() throws Exception {
    try (LogCluster cluster = cluster(3).startAll()) {
      cluster.leader().propose("one");
      final long term = cluster.leader().log().status().term();
      LogConfig newcomer = cluster.newcomer("m4", "m1", "m2", "m3");
      Node stranger = cluster.start(newcomer);
      await().atMost(LogCluster.PATIENCE).until(() -> stranger.log().outside() != null);
      assertThat(stranger.log().outside())
          .contains("ssyncdctl member add m4 " + newcomer.self().text());
      assertThat(stranger.log().status().quorum()).isFalse();
      assertThatThrownBy(() -> add(stranger, newcomer))
          .hasCauseInstanceOf(LogUnavailableException.class);
      proposeMany(cluster, "more ", 20);
      assertThat(stranger.machine().size()).isZero();
      assertThat(cluster.leader().log().status().term()).isEqualTo(term);

      add(cluster.leader(), newcomer);
      awaitVoters(cluster, "m1", "m2", "m3", "m4");
      cluster.awaitEqual();
      assertThat(stranger.log().outside()).isNull();
    }
  }

  @Test
  void aDeadMemberIsReplacedByAnEmptyOneOfItsName() throws Exception {
    try (LogCluster cluster = cluster(3).startAll()) {
      proposeMany(cluster, "before ", 20);
      String dead = cluster.followers().get(0).name();
      cluster.kill(dead);
      remove(cluster.followers().get(0), dead);
      proposeMany(cluster, "with two ", 20);
      cluster.wipe(dead);
      Node asked = cluster.leader();
      asked.log().addMember(dead, cluster.config(dead).self()).get(15, TimeUnit.SECONDS);
      Node back = cluster.start(dead);
      cluster.awaitEqual();
      assertThat(back.machine().size()).isEqualTo(40);
      awaitVoters(cluster, "m1", "m2", "m3");
    }
  }

  @Test
  void aMemberThatLostItsDirectoryIsFilledAgain() throws Exception {
    try (LogCluster cluster = cluster(3).startAll()) {
      String away = cluster.followers().get(0).name();
      for (int i = 0; i < 30; i++) {
        cluster.leader().propose("x".repeat(100_000) + i);
      }
      cluster.awaitEqual();
      for (Node node : cluster.all()) {
        node.log().snapshot().get(20, TimeUnit.SECONDS);
      }
      // Twice: the leader has sent the snapshot before.
      for (int round = 0; round < 2; round++) {
        cluster.kill(away);
        cluster.wipe(away);
        cluster.leader().propose("round " + round);
        cluster.start(away);
        cluster.awaitEqual();
        assertThat(cluster.node(away).machine().size()).isEqualTo(31 + round);
      }
      assertThat(cluster.node(away).propose("of its own").outcome()).isEqualTo(Outcome.APPLIED);
      awaitVoters(cluster, "m1", "m2", "m3");
    }
  }

  @Test
  void aLiveMemberThatIsRemovedSaysSoAndTheRestGoesOn() throws Exception {
    try (LogCluster cluster = cluster(3).startAll()) {
      Node gone = cluster.followers().get(0);
      remove(gone, gone.name());
      await().atMost(LogCluster.PATIENCE).until(() -> gone.log().outside() != null);
      assertThat(gone.log().outside()).contains("member add " + gone.name());
      final long term = cluster.leader().log().status().term();
      proposeMany(cluster, "without it ", 20);
      await().atMost(LogCluster.PATIENCE).until(() -> !gone.log().status().quorum());
      assertThat(cluster.leader().log().status().term()).isEqualTo(term);
      assertThat(gone.machine().size()).isZero();
      // With what it has it may come back.
      cluster.leader().log().addMember(gone.name(), cluster.config(gone.name()).self()).get();
      cluster.awaitEqual();
      awaitVoters(cluster, "m1", "m2", "m3");
    }
  }

  @Test
  void aLeaderThatIsRemovedHandsOnFirst() throws Exception {
    try (LogCluster cluster = cluster(3).startAll()) {
      Node old = cluster.leader();
      old.propose("one");
      remove(old, old.name());
      await().atMost(LogCluster.PATIENCE).until(() -> old.log().outside() != null && !old.leads());
      cluster.kill(old.name());
      assertThat(cluster.leader().propose("two").outcome()).isEqualTo(Outcome.APPLIED);
      cluster.awaitEqual();
    }
  }

  @Test
  void whatCannotBeIsRefusedByName() throws Exception {
    try (LogCluster cluster = cluster(3).startAll()) {
      Node asked = cluster.followers().get(0);
      assertThatThrownBy(() -> remove(asked, "nobody"))
          .hasCauseInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("nobody")
          .hasMessageContaining("m1");
      assertThatThrownBy(
              () ->
                  asked
                      .log()
                      .addMember("m4", cluster.config("m1").self())
                      .get(15, TimeUnit.SECONDS))
          .hasCauseInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("the address of m1");
      String dead =
          cluster.followers().stream().filter(n -> !n.equals(asked)).findFirst().get().name();
      cluster.kill(dead);
      Node leader = cluster.leader();
      await()
          .atMost(LogCluster.PATIENCE)
          .until(
              () ->
                  leader.log().members().stream()
                      .noneMatch(member -> member.name().equals(dead) && member.reachable()));
      assertThatThrownBy(() -> remove(leader, asked.name()))
          .hasCauseInstanceOf(LogUnavailableException.class)
          .hasMessageContaining(dead)
          .hasMessageContaining("--force");
      awaitVoters(cluster, "m1", "m2", "m3");
      remove(asked, dead);
      remove(cluster.leader(), asked.name());
      Node last = cluster.leader();
      cluster.kill(asked.name());
      assertThatThrownBy(() -> remove(last, last.name()))
          .hasCauseInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("last voter");
      assertThat(last.propose("alone").outcome()).isEqualTo(Outcome.APPLIED);
    }
  }

  @Test
  void oneChangeAtATime() throws Exception {
    try (LogCluster cluster = cluster(3).startAll()) {
      LogConfig fourth = cluster.newcomer("m4", "m1");
      LogConfig fifth = cluster.newcomer("m5", "m1");
      add(cluster.leader(), fourth);
      add(cluster.leader(), fourth);
      assertThatThrownBy(() -> add(cluster.leader(), fifth))
          .hasCauseInstanceOf(LogUnavailableException.class)
          .hasMessageContaining("m4");
      // One that never came is taken out again.
      remove(cluster.leader(), "m4");
      add(cluster.leader(), fifth);
      cluster.start(fifth);
      awaitVoters(cluster, "m1", "m2", "m3", "m5");
    }
  }

  @Test
  void membersOutliveARestartAndAStaleConfiguration() throws Exception {
    try (LogCluster cluster = cluster(3).startAll()) {
      LogConfig newcomer = cluster.newcomer("m4", "m1");
      add(cluster.leader(), newcomer);
      cluster.start(newcomer);
      awaitVoters(cluster, "m1", "m2", "m3", "m4");
      remove(cluster.node("m4"), "m3");
      cluster.kill("m3");
      awaitVoters(cluster, "m1", "m2", "m4");
      cluster.leader().propose("one");
      cluster.awaitEqual();
      cluster.node("m1").log().snapshot().get(20, TimeUnit.SECONDS);
      for (String name : List.of("m1", "m2", "m4")) {
        cluster.kill(name);
      }
      // The files of m1 and m2 name m3 and not m4.
      cluster.start("m1");
      cluster.start("m2");
      cluster.start(newcomer);
      awaitVoters(cluster, "m1", "m2", "m4");
      cluster.leader().propose("two");
      cluster.awaitEqual();
    }
  }

  @Test
  void aMemberThatWasDownLearnsTheNewAddressOfAnother() throws Exception {
    try (LogCluster cluster = cluster(3).startAll()) {
      cluster.leader().propose("one");
      cluster.awaitEqual();
      String down = cluster.followers().get(0).name();
      String moving = cluster.followers().get(1).name();
      cluster.kill(down);
      LogConfig.MemberAddress elsewhere = cluster.newcomer("elsewhere").self();
      cluster.leader().log().addMember(moving, elsewhere).get(15, TimeUnit.SECONDS);
      Node back = cluster.start(down);
      await()
          .atMost(LogCluster.PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(back.log().members())
                      .filteredOn(member -> member.name().equals(moving))
                      .extracting(LogMember::address)
                      .containsExactly(elsewhere.text()));
    }
  }

  @Test
  void aWitnessIsOneToAll() throws Exception {
    try (LogCluster cluster = cluster(3).startAll()) {
      LogConfig newcomer = cluster.newcomer("w1", "m1");
      LogConfig.MemberAddress witness =
          new LogConfig.MemberAddress(newcomer.self().host(), newcomer.self().port(), true);
      cluster.leader().log().addMember("w1", witness).get(15, TimeUnit.SECONDS);
      cluster.start(newcomer);
      awaitVoters(cluster, "m1", "m2", "m3", "w1");
      for (Node node : cluster.all()) {
        assertThat(node.log().members())
            .filteredOn(LogMember::witness)
            .extracting(LogMember::name)
            .containsExactly("w1");
      }
    }
  }
}
