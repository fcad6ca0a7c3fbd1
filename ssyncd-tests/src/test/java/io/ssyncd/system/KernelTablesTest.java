package io.ssyncd.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.ssyncd.testkit.BalancerNetwork;
import io.ssyncd.testkit.Cluster;
import io.ssyncd.testkit.ClusterSpec;
import io.ssyncd.testkit.Command;
import io.ssyncd.testkit.Member;
import io.ssyncd.testkit.NetworkNamespace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real xt_recent tables of a stock kernel, on three balancers apart. */
@ExtendWith(ShowsLogsOnFailure.class)
class KernelTablesTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MANY = 80;

  @TempDir static Path dir;
  private static BalancerNetwork network;
  private static Cluster cluster;
  private Member leader;

  @BeforeAll
  static void start() throws Exception {
    assumeTrue(NetworkNamespace.allowed(), "root makes network namespaces");
    network = BalancerNetwork.of(3);
    for (NetworkNamespace balancer : network.namespaces()) {
      balancer.recentTable("T4", false);
      balancer.recentTable("T6", true);
    }
    cluster = ClusterSpec.in(dir).on(network.hosts()).recent().build();
  }

  /** All daemons run, and no table holds anything. */
  @BeforeEach
  void clear() {
    leader = cluster.start().awaitLeader();
    cluster.awaitEqual();
    leader.ctl("clear", "recent").ok();
    cluster.awaitCount("recent", "T4", 0);
    cluster.awaitCount("recent", "T6", 0);
    for (String table : List.of("T4", "T6")) {
      cluster.awaitThat(
          "empty kernels",
          () ->
              network.namespaces().stream()
                  .allMatch(balancer -> addresses(balancer, table).isEmpty()));
    }
  }

  @AfterAll
  static void stop() throws Exception {
    if (cluster != null) {
      cluster.close();
    }
    if (network != null) {
      network.close();
    }
  }

  @Test
  void entriesOfPacketsAndOfProgramsAreInTheNextLeadersKernel() throws Exception {
    NetworkNamespace kernel = network.of(leader);
    kernel.address("198.51.100.7");
    kernel.address("2001:db8::7");
    kernel.packets("198.51.100.7", 2);
    kernel.packets("2001:db8::7", 1);
    for (int i = 1; i <= MANY; i++) {
      Files.writeString(kernel.recentTables().resolve("T4"), "+203.0.113." + i);
    }
    cluster.awaitCount("recent", "T4", MANY + 1);
    cluster.awaitCount("recent", "T6", 1);
    List<String> v4 = addresses(kernel, "T4");

    leader.kill();

    Member heir = cluster.awaitLeader();
    NetworkNamespace heirs = network.of(heir);
    assertThat(addresses(heirs, "T4")).containsExactlyInAnyOrderElementsOf(v4);
    assertThat(addresses(heirs, "T6")).containsExactly("2001:0db8:0000:0000:0000:0000:0000:0007");
    assertThat(heir.status().orElseThrow().path("state").asText()).isEqualTo("INGESTING");
    cluster.awaitCount("recent", "T4", MANY + 1);
    Files.writeString(heirs.recentTables().resolve("T4"), "+203.0.113.200");
    cluster.awaitCount("recent", "T4", MANY + 2);
  }

  @Test
  void defect6_writeRecentOnAStockKernelNeverEmptiesATable() throws Exception {
    Files.writeString(network.of(leader).recentTables().resolve("T4"), "+203.0.113.1");
    cluster.awaitCount("recent", "T4", 1);
    Member follower = cluster.followers().get(0);
    NetworkNamespace kernel = network.of(follower);
    Files.writeString(kernel.recentTables().resolve("T4"), "+192.0.2.99");
    Files.writeString(kernel.recentTables().resolve("T6"), "+2001:db8::99");

    Command.Result answer = follower.ctl("write", "recent").ok();

    assertThat(answer.out()).isEqualTo("writing datarecent data written correclty\n");
    assertThat(addresses(kernel, "T4")).contains("203.0.113.1", "192.0.2.99");
    assertThat(addresses(kernel, "T6")).hasSize(1);
  }

  /** An entry taken out and one put in. */
  @Test
  void anOperatorsChangeInAFollowersKernelIsSeenByADryRunAndRepairedByAWrite() throws Exception {
    for (int i = 1; i <= MANY; i++) {
      Files.writeString(network.of(leader).recentTables().resolve("T4"), "+203.0.113." + i + "\n");
    }
    cluster.awaitCount("recent", "T4", MANY);
    Member follower = cluster.followers().get(0);
    follower.ctl("write", "recent").ok();
    Path table = network.of(follower).recentTables().resolve("T4");
    Files.writeString(table, "-203.0.113.7\n");
    Files.writeString(table, "+192.0.2.99\n");

    JsonNode dry = t4(follower.ctl("-o", "json", "write", "--dry-run", "recent").ok());
    assertThat(addresses(network.of(follower), "T4")).doesNotContain("203.0.113.7");
    JsonNode written = t4(follower.ctl("-o", "json", "write", "recent").ok());
    JsonNode again = t4(follower.ctl("-o", "json", "write", "recent").ok());

    assertThat(dry.path("applied").asInt()).isEqualTo(1);
    assertThat(dry.path("unchanged").asInt()).isEqualTo(MANY - 1);
    assertThat(dry.path("extra").asInt()).isEqualTo(1);
    assertThat(written.path("applied").asInt()).isEqualTo(1);
    assertThat(written.path("mismatched").asInt()).isZero();
    assertThat(addresses(network.of(follower), "T4"))
        .hasSize(MANY + 1)
        .contains("203.0.113.7", "192.0.2.99");
    assertThat(again.path("applied").asInt()).isZero();
    assertThat(again.path("unchanged").asInt()).isEqualTo(MANY);
    assertThat(again.path("removed").asInt()).isZero();
  }

  private static JsonNode t4(Command.Result answer) throws IOException {
    for (JsonNode scope : JSON.readTree(answer.out()).path("scopes")) {
      if (scope.path("scope").asText().equals("T4")) {
        return scope;
      }
    }
    throw new AssertionError("no T4 in " + answer.out());
  }

  @Test
  void aTableThatNoRuleMakesIsNamedAndTheOthersAreWritten() throws Exception {
    Member follower = cluster.followers().get(0);
    network.of(leader).recentTable("OnlyHere", false);
    Files.writeString(network.of(leader).recentTables().resolve("OnlyHere"), "+203.0.113.1");
    Files.writeString(network.of(leader).recentTables().resolve("T4"), "+203.0.113.2");
    cluster.awaitCount("recent", "OnlyHere", 1);
    cluster.awaitCount("recent", "T4", 1);

    Command.Result text = follower.ctl("write", "recent");
    Command.Result json = follower.ctl("-o", "json", "write", "recent");

    assertThat(text.exit()).isEqualTo(65);
    assertThat(text.out()).isEqualTo("writing dataerror writing recent data\n");
    assertThat(text.err()).contains("OnlyHere").contains("table-missing");
    JsonNode report = JSON.readTree(json.out());
    assertThat(report.path("result").asText()).isEqualTo("partial");
    for (JsonNode scope : report.path("scopes")) {
      boolean missing = scope.path("scope").asText().equals("OnlyHere");
      assertThat(scope.path("reasons").path("table-missing").asInt()).isEqualTo(missing ? 1 : 0);
    }
    assertThat(addresses(network.of(follower), "T4")).containsExactly("203.0.113.2");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void afterAClearNobodysCountComesBack(boolean onTheLeader) throws Exception {
    NetworkNamespace kernel = network.of(leader);
    kernel.address("198.51.100.7");
    kernel.packets("198.51.100.7", 5);
    cluster.awaitCount("recent", "T4", 1);
    Member follower = cluster.followers().get(0);
    follower.ctl("write", "recent").ok();

    Command.Result answer =
        onTheLeader
            ? leader.ctl("clear", "recent", "table", "T4").ok()
            : follower.ctl("clear", "recent").ok();

    assertThat(answer.err()).contains("table T4: 1 rows went out of this host's kernel");
    cluster.awaitThat(
        "empty kernels",
        () ->
            network.namespaces().stream()
                .allMatch(balancer -> addresses(balancer, "T4").isEmpty()));
    cluster.awaitCount("recent", "T4", 0);

    kernel.packets("198.51.100.7", 1);
    cluster.awaitCount("recent", "T4", 1);
    assertThat(hits(follower)).isEqualTo(1);

    leader.kill();
    Member heir = cluster.awaitLeader();
    cluster.awaitCount("recent", "T4", 1);
    assertThat(hits(heir)).isEqualTo(1);
  }

  /** Of the one entry that there is. */
  private static int hits(Member member) throws IOException {
    JsonNode shown = JSON.readTree(member.ctl("-o", "json", "show", "recent").ok().out());
    return shown.findValue("stampsMs").size();
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
