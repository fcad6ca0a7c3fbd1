package io.ssyncd.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.ssyncd.testkit.Cluster;
import io.ssyncd.testkit.ClusterSpec;
import io.ssyncd.testkit.Command;
import io.ssyncd.testkit.Member;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What operators and their scripts do with {@code ssyncdctl}. */
@ExtendWith(ShowsLogsOnFailure.class)
class OperatorTest {
  @TempDir static Path dir;
  private static Cluster cluster;

  @BeforeAll
  static void start() {
    cluster =
        ClusterSpec.in(dir).farm("f1", Farms.THREE_SERVICES).farm("f2", Farms.ONE_SERVICE).build();
    cluster.startPounds().start().awaitLeader();
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @Test
  void showModeIsExactlyMasterOrBackup() {
    Member leader = cluster.awaitLeader();

    assertThat(leader.ctl("show", "mode").ok().out()).isEqualTo("master\n");
    for (Member follower : cluster.followers()) {
      assertThat(follower.ctl("show", "mode").ok().out()).isEqualTo("backup\n");
    }
  }

  @Test
  void defect9_switchHandsLeadershipOnAndTheDaemonsLive() {
    Member old = cluster.awaitLeader();
    Member next = cluster.followers().get(0);

    next.ctl("switch", "master").ok();
    assertThat(cluster.awaitLeader()).isSameAs(next);
    next.ctl("switch", "backup", "address", "10.0.0.1", "port", "7777").ok();
    Member third = cluster.awaitLeader();

    assertThat(third).isNotSameAs(next);
    assertThat(cluster.running()).hasSize(3).contains(old);
    third.ctl("switch", "master").ok();
    assertThat(cluster.awaitLeader()).as("it led already").isSameAs(third);
  }

  @Test
  void quitEndsTheDaemonWithZeroAndStatusSaysThatNoneRuns() {
    Member follower = cluster.followers().get(1);

    follower.ctl("quit").ok();

    assertThat(follower.daemon().awaitExit()).isZero();
    Command.Result text = follower.ctl("status");
    Command.Result json = follower.ctl("-o", "json", "status");
    assertThat(text.exit()).isEqualTo(3);
    assertThat(text.err()).contains("ssyncd is not running here");
    assertThat(json.exit()).isEqualTo(3);
    assertThat(json.out()).isEqualTo("{\"version\":1,\"error\":\"not-running\"}\n");
    assertThat(follower.ctl("show", "mode").exit()).isEqualTo(69);
    follower.start();
    cluster.awaitEqual();
  }

  @Test
  void aLeaderThatQuitsHandsLeadershipOnFirst() {
    Member leader = cluster.awaitLeader();

    leader.ctl("quit").ok();

    assertThat(leader.daemon().awaitExit()).isZero();
    assertThat(cluster.awaitLeader()).isNotSameAs(leader);
    leader.start();
    cluster.awaitEqual();
  }

  @Test
  void stopAndStartOfAFarmAreReplicatedAndKeepItsSessions() {
    Member leader = cluster.awaitLeader();
    leader.pound("f2").traffic("kept-", 50);
    int held = leader.pound("f2").sessions().size();
    cluster.awaitThat("f2 is held", () -> sessions(leader, "f2") >= 50);

    assertThat(cluster.followers().get(0).ctl("stop", "http", "f2").ok().out())
        .isEqualTo("http farm removed\n");
    cluster.awaitThat("f2 is not ingested", () -> !ingests(leader, "f2"));
    leader.pound("f2").traffic("unseen-", 50);
    leader.ctl("switch", "backup").ok();
    Member next = cluster.awaitLeader();
    cluster.awaitEqual();

    assertThat(ingests(next, "f2")).as("the next leader leaves f2 alone too").isFalse();
    assertThat(sessions(next, "f2")).isEqualTo(held);
    assertThat(next.ctl("start", "http", "f2").ok().out()).contains("http farm added");
    cluster.awaitThat("f2 is ingested again", () -> ingests(next, "f2"));
  }

  @Test
  void clearForgetsOneFarmAndNamesIt() {
    Member leader = cluster.awaitLeader();
    leader.pound("f1").traffic("other-", 10);
    leader.pound("f2").traffic("cleared-", 10);
    cluster.awaitThat("both are held", () -> sessions(leader, "f2") >= 10);
    cluster.followers().get(0).ctl("stop", "http", "f2").ok();

    Command.Result answer = cluster.followers().get(0).ctl("clear", "http", "f2").ok();

    assertThat(answer.out()).isEmpty();
    assertThat(answer.err()).contains("the HTTP sessions of farm f2");
    cluster.awaitThat(
        "f2 is empty everywhere",
        () -> cluster.members().stream().allMatch(member -> sessions(member, "f2") == 0));
    assertThat(sessions(leader, "f1")).isPositive();
    cluster.followers().get(0).ctl("start", "http", "f2").ok();
  }

  @Test
  void aFarmWhoseNameIsMistypedIsNeitherStoppedNorCleared() {
    Member follower = cluster.followers().get(0);

    for (String verb : new String[] {"stop", "clear"}) {
      Command.Result answer = follower.ctl(verb, "http", "f11");

      assertThat(answer.exit()).as(verb).isEqualTo(65);
      assertThat(answer.out()).as(verb).isEmpty();
      assertThat(answer.err()).as(verb).contains("no farm f11", "known: f1, f2");
    }
    assertThat(follower.ctl("clear", "recent", "table", "T11").exit()).isEqualTo(65);
  }

  @Test
  void anUnknownVerbIsAMisuse() {
    assertThat(cluster.members().get(0).ctl("dance").exit()).isEqualTo(64);
    assertThat(cluster.members().get(0).ctl("start", "http").exit()).isEqualTo(64);
  }

  private static int sessions(Member member, String farm) {
    return member.status().map(s -> s.path("sessions").path("http").path(farm).asInt()).orElse(-1);
  }

  private static boolean ingests(Member member, String farm) {
    return Sources.of(member, farm).path("ingesting").asBoolean();
  }
}
