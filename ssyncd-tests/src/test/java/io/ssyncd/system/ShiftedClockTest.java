package io.ssyncd.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.ssyncd.testkit.BalancerNetwork;
import io.ssyncd.testkit.Cluster;
import io.ssyncd.testkit.ClusterSpec;
import io.ssyncd.testkit.Member;
import io.ssyncd.testkit.NetworkNamespace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A leader whose clock is half a minute ahead, and what its heir makes of what it saw. */
@ExtendWith(ShowsLogsOnFailure.class)
@Tag("long")
class ShiftedClockTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration AHEAD = Duration.ofSeconds(30);
  private static final String CLIENT = "198.51.100.7";

  /** The longest of Linux, and what a translation may be off besides. */
  private static final double TICK_AND_ONE_MS = 10 + 1;

  @TempDir Path dir;
  private BalancerNetwork network;
  private Cluster cluster;
  private Member leader;

  @BeforeEach
  void start() throws Exception {
    assumeTrue(NetworkNamespace.allowed(), "root makes network namespaces");
    String problem = Cluster.noMovableClocks().orElse("");
    assumeTrue(problem.isEmpty(), "NOT TESTED: clocks that are off: " + problem);
    network = BalancerNetwork.of(3);
    for (NetworkNamespace balancer : network.namespaces()) {
      balancer.recentTable("T4", false);
    }
    cluster = ClusterSpec.in(dir).on(network.hosts()).movableClocks().recent().build();
    leader = cluster.member("lb1");
    cluster.clockJumps(leader, AHEAD);
    cluster.start().awaitLeader();
    cluster.awaitThat(
        "lb1 leads", () -> leader.ctl("switch", "master").exit() == 0 && leads(leader));
    cluster.awaitLeader();
  }

  @AfterEach
  void stop() throws Exception {
    if (cluster != null) {
      cluster.close();
    }
    if (network != null) {
      network.close();
    }
  }

  private static boolean leads(Member member) {
    return member
        .status()
        .filter(status -> status.path("state").asText().equals("INGESTING"))
        .isPresent();
  }

  /** When the client was seen last, as a member's table says. */
  private static double lastSeenMs(Member member) {
    String shown = member.ctl("-o", "json", "show", "recent", "T4").ok().out();
    try {
      for (JsonNode item : JSON.readTree(shown).path("items")) {
        if (item.path("address").asText().equals(CLIENT)) {
          return item.path("lastSeenMs").asDouble();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    throw new IllegalStateException(member.name() + " holds no entry of " + CLIENT + ": " + shown);
  }

  private static double clockErrorMs(Member shownBy, Member of) {
    for (JsonNode member : shownBy.status().orElseThrow().path("members")) {
      if (member.path("name").asText().equals(of.name())) {
        return member.path("clockErrorMs").asDouble(Double.NaN);
      }
    }
    throw new IllegalStateException(shownBy.name() + " does not know " + of.name());
  }

  @Test
  void theHeirTellsWhatItSawInItsOwnTime() throws Exception {
    for (Member follower : cluster.followers()) {
      cluster.awaitThat(
          follower.name() + " warns of lb1's clock", () -> follower.warns("clock-offset"));
    }
    NetworkNamespace kernel = network.of(leader);
    kernel.address(CLIENT);
    long before = System.currentTimeMillis();
    kernel.packets(CLIENT, 1);
    long after = System.currentTimeMillis();
    cluster.awaitCount("recent", "T4", 1);
    Member follower = cluster.followers().get(0);
    double error =
        cluster.followers().stream().mapToDouble(m -> clockErrorMs(m, leader)).max().orElseThrow();
    assertThat(lastSeenMs(follower)).isGreaterThan(after + AHEAD.toMillis() / 2);

    leader.losePower();
    Member heir = cluster.awaitLeader();

    double slack = TICK_AND_ONE_MS + error;
    for (Member member : cluster.running()) {
      cluster.awaitThat(
          member.name() + " has it in " + heir.name() + "'s time",
          () -> lastSeenMs(member) < after + AHEAD.toMillis() / 2);
      assertThat(lastSeenMs(member)).isBetween(before - slack, after + slack);
    }
    assertThat(heir.output()).contains("entries of kernel tables are told anew");
  }
}
