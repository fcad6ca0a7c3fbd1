package io.ssyncd.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.ssyncd.testkit.BalancerNetwork;
import io.ssyncd.testkit.Cluster;
import io.ssyncd.testkit.ClusterSpec;
import io.ssyncd.testkit.Member;
import io.ssyncd.testkit.NetworkNamespace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** {@code recent.materialise = continuous}: followers' real tables keep up without a command. */
@ExtendWith(ShowsLogsOnFailure.class)
class FollowersKernelTest {
  private static final int MANY = 60;

  @TempDir Path dir;
  private BalancerNetwork network;
  private Cluster cluster;
  private Member leader;

  @BeforeEach
  void start() throws Exception {
    assumeTrue(NetworkNamespace.allowed(), "root makes network namespaces");
    network = BalancerNetwork.of(3);
    for (NetworkNamespace balancer : network.namespaces()) {
      balancer.recentTable("T4", false);
      balancer.recentTable("T6", true);
    }
    cluster =
        ClusterSpec.in(dir)
            .on(network.hosts())
            .recent()
            .line("recent.materialise = continuous")
            .line("recent.materialise-interval = 100 ms")
            .line("follower.cpu-percent = 30")
            .build();
    leader = cluster.start().awaitLeader();
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

  @Test
  void entriesComeAndGoAndAPromotionFindsNothingToWrite() throws Exception {
    NetworkNamespace kernel = network.of(leader);
    kernel.address("198.51.100.7");
    kernel.packets("198.51.100.7", 2);
    for (int i = 1; i <= MANY; i++) {
      command(kernel, "+203.0.113." + i);
    }
    awaitInEveryKernel(MANY + 1);

    for (int i = 1; i <= 20; i++) {
      command(kernel, "-203.0.113." + i);
    }
    awaitInEveryKernel(MANY + 1 - 20);
    assertThat(addresses(kernel, "T4")).contains("198.51.100.7").doesNotContain("203.0.113.1");

    Member follower = cluster.followers().get(0);
    command(network.of(follower), "+192.0.2.99");
    // The look of each minute may come first and repair it.
    JsonNode dry =
        cluster.await("a row that a hand took out", () -> dryRunWithout(follower, "203.0.113.30"));
    assertThat(dry.path("extra").asInt()).as("put in by hand").isEqualTo(1);
    assertThat(dry.path("planned"))
        .extracting(JsonNode::asText)
        .containsExactly(
            "write 203.0.113.30: it is not there",
            "leave 192.0.2.99: the cluster does not know it");
    follower.ctl("write", "recent").ok();
    JsonNode again = Reports.of(follower.ctl("-o", "json", "write", "recent", "T4").ok());
    assertThat(again.path("applied").asInt()).isZero();

    cluster.awaitThat("nothing is left to do", () -> lag(follower) == 0);
    follower.ctl("switch", "master").ok();
    cluster.awaitThat("it collects", () -> Sources.of(follower, "*").path("ingesting").asBoolean());
    JsonNode sink = follower.status().orElseThrow().path("sinks").path(0);
    for (JsonNode report : sink.path("lastReport")) {
      assertThat(report.path("applied").asInt()).as("of %s", report).isZero();
      assertThat(report.path("refused").asInt()).as("of %s", report).isZero();
    }
    command(network.of(follower), "+203.0.113.200");
    cluster.awaitThat(
        "the old leader follows",
        () -> addresses(network.of(leader), "T4").contains("203.0.113.200"));
  }

  private Optional<JsonNode> dryRunWithout(Member follower, String address) {
    try {
      command(network.of(follower), "-" + address);
      JsonNode dry = Reports.of(follower.ctl("-o", "json", "write", "--dry-run", "recent", "T4"));
      return dry.path("applied").asInt() == 1 ? Optional.of(dry) : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void awaitInEveryKernel(int entries) {
    cluster.awaitCount("recent", "T4", entries);
    cluster.awaitThat(
        "the same in every kernel",
        () ->
            network.namespaces().stream()
                .allMatch(
                    each ->
                        new TreeSet<>(addresses(each, "T4"))
                            .equals(new TreeSet<>(addresses(network.of(leader), "T4")))));
  }

  private static int lag(Member member) {
    JsonNode followed = member.status().orElseThrow().path("materialise");
    return followed.path("sinks").path(0).path("lagEntries").asInt(-1);
  }

  private static void command(NetworkNamespace kernel, String command) throws IOException {
    Files.writeString(kernel.recentTables().resolve("T4"), command);
  }

  private static List<String> addresses(NetworkNamespace kernel, String table) {
    try {
      return Files.readAllLines(kernel.recentTables().resolve(table)).stream()
          .map(row -> row.split(" ")[0].substring("src=".length()))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
