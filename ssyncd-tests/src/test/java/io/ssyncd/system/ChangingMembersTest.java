package io.ssyncd.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.ssyncd.testkit.Cluster;
import io.ssyncd.testkit.ClusterSpec;
import io.ssyncd.testkit.Command;
import io.ssyncd.testkit.Member;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Members come, go and are replaced while the cluster works. */
@ExtendWith(ShowsLogsOnFailure.class)
@Tag("long")
class ChangingMembersTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String[] FIRST = {"lb1", "lb2", "lb3"};

  @TempDir Path dir;

  /** Four hosts; the files of the first three name those three. */
  private ClusterSpec three() {
    ClusterSpec spec =
        ClusterSpec.in(dir).members("lb1", "lb2", "lb3", "lb4").farm("f1", Farms.ONE_SERVICE);
    for (String name : FIRST) {
      spec.knows(name, FIRST);
    }
    return spec.knows("lb4", "lb4", "lb2");
  }

  private static Optional<JsonNode> warning(Member member, String code) {
    return member
        .status()
        .flatMap(
            status ->
                StreamSupport.stream(status.path("warnings").spliterator(), false)
                    .filter(one -> one.path("code").asText().equals(code))
                    .findFirst());
  }

  private static List<String> voters(Member asked) {
    return asked
        .status()
        .map(
            status ->
                StreamSupport.stream(status.path("members").spliterator(), false)
                    .filter(one -> one.path("voter").asBoolean())
                    .map(one -> one.path("name").asText())
                    .toList())
        .orElse(List.of());
  }

  @Test
  void aStrangerIsRefusedUntilItIsTakenInFillsItselfAndOutlivesAStaleFile() throws IOException {
    try (Cluster cluster = three().build()) {
      Member leader = cluster.startPounds().start(FIRST).awaitLeader();
      leader.pound("f1").traffic("client-", 1000);
      cluster.awaitSessions("f1", 1000);
      Member fourth = cluster.member("lb4").start();
      String text =
          cluster
              .await("lb4 says that it is no member", () -> warning(fourth, "not-a-member"))
              .path("text")
              .asText();
      assertThat(text).contains("ssyncdctl member add lb4 " + fourth.address());
      aStrangerIsNamedAndHasNoEffect(cluster, leader, fourth);
      assertThat(fourth.ctl("status").exit()).isEqualTo(2);
      assertThat(fourth.ctl("member", "add", "lb4", fourth.address()).exit()).isEqualTo(75);

      Member asked = cluster.member("lb1");
      asked.ctl("member", "add", "lb4", fourth.address()).ok();

      cluster.awaitSessions("f1", 1000);
      for (Member member : cluster.members()) {
        cluster.awaitThat(
            member.name() + " knows four voters",
            () -> voters(member).equals(List.of("lb1", "lb2", "lb3", "lb4")));
      }
      assertThat(fourth.warns("not-a-member")).isFalse();
      assertThat(warning(asked, "members-differ").orElseThrow().path("text").asText())
          .contains("lb4 at " + fourth.address() + " is a member and not named there");
      assertThat(warning(fourth, "members-differ").orElseThrow().path("text").asText())
          .contains("lb1")
          .contains("lb3");
      theTableOfMembersFits(asked);

      asked.kill();
      asked.start();
      cluster.awaitSessions("f1", 1000);
      assertThat(voters(asked)).containsExactly("lb1", "lb2", "lb3", "lb4");
      assertThat(asked.warns("members-differ")).isTrue();
    }
  }

  /** Until it is taken in it is a stranger with the name of the cluster. */
  private static void aStrangerIsNamedAndHasNoEffect(
      Cluster cluster, Member leader, Member stranger) {
    final String term = leader.status().orElseThrow().path("term").asText();
    cluster.awaitThat(
        "the member that it knows names it",
        () ->
            cluster
                .member("lb2")
                .output()
                .contains(stranger.host().address() + " is the address of no member"));
    assertThat(voters(leader)).containsExactly(FIRST);
    assertThat(stranger.status().orElseThrow().path("sessions").path("http").path("f1").asInt())
        .isZero();
    assertThat(leader.status().orElseThrow().path("term").asText()).isEqualTo(term);
  }

  private static void theTableOfMembersFits(Member asked) throws IOException {
    String table = asked.ctl("members").ok().out();
    assertThat(table.lines()).hasSize(5).allSatisfy(line -> assertThat(line).hasSizeLessThan(81));
    assertThat(table).contains("MEMBER").contains("leader").contains("lb4");
    JsonNode members = JSON.readTree(asked.ctl("-o", "json", "members").ok().out());
    assertThat(members.path("version").asInt()).isEqualTo(1);
    assertThat(members.path("members")).hasSize(4);
  }

  @Test
  void aMachineIsReplacedUnderLoadAndNothingAcknowledgedIsLost() {
    try (Cluster cluster = three().build()) {
      Member leader = cluster.startPounds().start(FIRST).awaitLeader();
      leader.pound("f1").traffic("before-", 500);
      cluster.awaitSessions("f1", 500);
      Member dead = cluster.followers().get(0);
      dead.kill();
      leader.pound("f1").traffic("dead-", 500);
      leader.ctl("member", "remove", dead.name()).ok();
      leader.pound("f1").traffic("removed-", 500);
      dead.wipe();
      leader.ctl("member", "add", dead.name(), dead.address()).ok();
      dead.start();
      leader.pound("f1").traffic("added-", 500);
      cluster.awaitSessions("f1", 2000);
      cluster.awaitThat(
          "it votes again", () -> voters(leader).equals(List.of("lb1", "lb2", "lb3")));
      cluster.awaitThat("the cluster is healthy", () -> leader.ctl("status").exit() == 0);
      // And its vote counts: with it alone beside the leader there is a majority.
      cluster.followers().stream().filter(one -> !one.equals(dead)).forEach(Member::kill);
      leader.pound("f1").traffic("with-it-", 100);
      cluster.awaitSessions("f1", 2100);
    }
  }

  @Test
  void aLeaderIsTakenOutAliveAndWhatCannotBeIsRefusedByExitCode() {
    try (Cluster cluster = three().build()) {
      Member old = cluster.startPounds().start(FIRST).awaitLeader();
      old.pound("f1").traffic("client-", 300);
      cluster.awaitSessions("f1", 300);
      Member asked = cluster.followers().get(0);
      usageIsRefused(asked, cluster.member("lb4"));

      asked.ctl("member", "remove", old.name()).ok();

      cluster.awaitThat(
          "the removed daemon says so",
          () -> old.warns("not-a-member") && old.ctl("show", "mode").out().equals("backup\n"));
      assertThat(old.alive()).isTrue();
      cluster.awaitThat(
          "another leads and has two members",
          () ->
              voters(asked).size() == 2
                  && asked
                      .status()
                      .filter(s -> s.path("quorum").asBoolean())
                      .filter(s -> !s.path("leader").asText().equals(old.name()))
                      .isPresent());
      final String term = asked.status().orElseThrow().path("term").asText();
      old.kill();
      Member heir = cluster.awaitLeader();
      heir.pound("f1").traffic("after-", 100);
      cluster.awaitSessions("f1", 400);
      assertThat(asked.status().orElseThrow().path("term").asText()).isEqualTo(term);
      assertThat(heir.warns("two-nodes")).isTrue();

      Member follower = cluster.followers().get(0);
      follower.kill();
      Command.Result refused = heir.ctl("member", "remove", follower.name());
      assertThat(refused.exit()).as(refused.err()).isEqualTo(75);
      assertThat(cluster.member("lb4").ctl("members").exit()).isEqualTo(69);
    }
  }

  private static void usageIsRefused(Member asked, Member unknown) {
    assertThat(asked.ctl("member").exit()).isEqualTo(64);
    assertThat(asked.ctl("member", "add", "lb4").exit()).isEqualTo(64);
    assertThat(asked.ctl("member", "add", "lb4", "nowhere").exit()).isEqualTo(64);
    Command.Result none = asked.ctl("member", "remove", unknown.name());
    assertThat(none.exit()).isEqualTo(64);
    assertThat(none.err()).contains("there is no member lb4");
    Command.Result taken = asked.ctl("member", "add", "lb4", asked.address());
    assertThat(taken.exit()).isEqualTo(64);
    assertThat(taken.err()).contains("the address of " + asked.name());
  }
}
