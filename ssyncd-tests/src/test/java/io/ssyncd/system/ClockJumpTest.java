package io.ssyncd.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.ssyncd.testkit.AcknowledgedSessions;
import io.ssyncd.testkit.Clients;
import io.ssyncd.testkit.Cluster;
import io.ssyncd.testkit.ClusterSpec;
import io.ssyncd.testkit.Member;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Somebody sets the clock of a balancer an hour forward, and back, while clients come. */
@ExtendWith(ShowsLogsOnFailure.class)
class ClockJumpTest {
  private static final Duration HOUR = Duration.ofHours(1);

  /** Sessions live for five minutes: an hour is more than their life. */
  private static final String FIVE_MINUTES = "2x300";

  private static final int EARLIER = 500;
  private static final int CLIENTS_PER_SECOND = 100;
  private static final int SOME = 50;

  @TempDir Path dir;
  private Cluster cluster;
  private Clients clients;
  private Member leader;
  private Member follower;
  private final Map<Member, Duration> offsets = new HashMap<>();
  private final AcknowledgedSessions acknowledged = new AcknowledgedSessions();

  @BeforeEach
  void start() {
    String problem = Cluster.noMovableClocks().orElse("");
    assumeTrue(problem.isEmpty(), "NOT TESTED: clocks that jump: " + problem);
    cluster = ClusterSpec.in(dir).movableClocks().farm("f1", FIVE_MINUTES).build();

    leader = cluster.startPounds().start().awaitLeader();
    follower = cluster.followers().get(0);
    acknowledged.watch(cluster);
    leader.pound("f1").traffic("earlier-", EARLIER);
    cluster.awaitSessions("f1", EARLIER);
    clients = new Clients(cluster, "f1", CLIENTS_PER_SECOND);
    clients.come();
    awaitMore();
  }

  @AfterEach
  void stop() {
    acknowledged.close();
    if (cluster != null) {
      cluster.close();
    }
  }

  private void awaitMore() {
    long before = acknowledged.count(clients.at(leader));
    cluster.awaitThat(
        "more clients of " + leader.name() + " acknowledged",
        () -> acknowledged.count(clients.at(leader)) >= before + SOME);
  }

  /** Its clock is off by so much from here on, and was right or off before. */
  private void set(Member member, Duration off) {
    cluster.clockJumps(member, off.minus(offsets.getOrDefault(member, Duration.ZERO)));
    offsets.put(member, off);
  }

  private static long term(Member member) {
    return member.status().orElseThrow().path("term").asLong();
  }

  /** Waits until a member shows how far another's clock is off, and warns of it. */
  private void awaitOffset(Member shownBy, Member of, Duration offset) {
    cluster.awaitThat(
        shownBy.name() + " sees the clock of " + of.name() + " " + offset + " ahead",
        () ->
            shownBy
                .status()
                .filter(s -> Math.abs(offsetMs(s, of) - offset.toMillis()) < 1000)
                .filter(s -> offset.isZero() != shownBy.warns("clock-offset"))
                .isPresent());
  }

  private static double offsetMs(JsonNode status, Member of) {
    for (JsonNode member : status.path("members")) {
      if (member.path("name").asText().equals(of.name())) {
        return member.path("clockOffsetMs").asDouble(Double.NaN);
      }
    }
    return Double.NaN;
  }

  @Test
  void aLeaderAnHourAheadLosesNothingAndIsShownToBeOff() {
    long term = term(leader);
    set(leader, HOUR);
    awaitMore();
    awaitOffset(follower, leader, HOUR);
    set(leader, Duration.ZERO);
    awaitMore();
    assertThat(term(leader)).isEqualTo(term);
    assertThat(Healed.check(cluster, acknowledged, clients)).isSameAs(leader);
  }

  @Test
  @Tag("long")
  void nobodyIsElectedAndNothingIsLostWhoseverClockIsSet() {
    long term = term(leader);
    for (Member member : List.of(leader, follower)) {
      Member other = member == leader ? follower : leader;
      for (Duration off : List.of(HOUR, HOUR.negated(), Duration.ZERO)) {
        set(member, off);
        awaitMore();
        awaitOffset(other, member, off);
      }
    }
    assertThat(term(leader)).isEqualTo(term);
    assertThat(Healed.check(cluster, acknowledged, clients)).isSameAs(leader);
  }

  @Test
  @Tag("long")
  void aLeaderAnHourAheadExpiresNobodyAndLeavesAllToItsHeir() {
    set(leader, HOUR);
    awaitMore();
    // The real one does so within a minute.
    leader.pound("f1").command("expire");
    cluster.awaitThat(
        "an expiry of the leader",
        () -> leader.output().contains("sessions do not expire: they only look old"));
    set(leader, Duration.ZERO);

    assertThat(Healed.check(cluster, acknowledged, clients)).isSameAs(leader);
    leader.losePower();
    Member heir = cluster.awaitLeader();
    assertThat(heir.pound("f1").count()).isGreaterThanOrEqualTo(acknowledged.count());
  }
}
