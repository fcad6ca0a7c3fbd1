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
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * A leader that is stopped (SIGSTOP) in the middle of the write of its promotion, and goes on when
 * another has long been elected.
 */
@ExtendWith(ShowsLogsOnFailure.class)
class FencedWriteTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int ENTRIES = 80;
  private static final int SESSIONS = 10_000;
  private static final int WRITTEN = 1_000;

  /** Of the clients whose sessions are long: the socket is to hold few of those that are sent. */
  private static final String CLIENT =
      "client-of-a-cookie-that-is-as-long-as-those-of-real-servers-are-";

  @TempDir Path dir;
  private BalancerNetwork network;
  private Cluster cluster;

  @AfterEach
  void stop() throws Exception {
    if (cluster != null) {
      cluster.close();
    }
    if (network != null) {
      network.close();
    }
  }

  /**
   * The kernel's tables are written by their names. Between two real ones lies a pipe, at which the
   * write waits until somebody opens its other end: that is its middle.
   */
  @Test
  void itWritesNothingMoreIntoItsKernelAndTheSuccessorsTablesAreComplete() throws Exception {
    startWithKernelTables();
    Member old = cluster.followers().get(0);
    Path pipe = old.directory().resolve("tables").resolve("M");
    Command.run(List.of("mkfifo", pipe.toString())).ok();

    old.ctl("switch", "master").ok();
    cluster.awaitThat("the first table is written", () -> rows(old, "A") == ENTRIES);
    assertThat(state(old)).isEqualTo("WRITING");
    old.suspend();
    Member heir = cluster.awaitLeader();
    assertThat(heir).isNotSameAs(old);
    assertThat(rows(heir, "A")).isEqualTo(ENTRIES);
    assertThat(rows(heir, "Z")).isEqualTo(ENTRIES);

    old.resume();
    cluster.awaitThat("the old leader has heard of it", () -> isFollower(old));
    Files.write(pipe, new byte[0], StandardOpenOption.WRITE);
    cluster.awaitThat("its write has ended", () -> state(old).equals("FOLLOWER"));

    assertThat(rows(old, "Z")).isZero();
    assertThat(old.output()).containsPattern("recent \\*: its write ended with term \\d+");
    assertThat(sink(old).path("lastError").asText())
        .matches("the write was interrupted at table [MZ], after [12] of 3");

    Files.delete(pipe);
    JsonNode report = JSON.readTree(old.ctl("-o", "json", "write", "recent").ok().out());
    assertThat(report.path("result").asText()).isEqualTo("ok");
    assertThat(rows(old, "Z")).isEqualTo(ENTRIES);
    cluster.awaitCount("recent", "Z", ENTRIES);
  }

  private void startWithKernelTables() throws Exception {
    assumeTrue(NetworkNamespace.allowed(), "root makes network namespaces");
    network = BalancerNetwork.of(3);
    for (NetworkNamespace balancer : network.namespaces()) {
      balancer.recentTable("A", false);
      balancer.recentTable("Z", false);
    }
    ClusterSpec spec = ClusterSpec.in(dir).on(network.hosts()).recent();
    for (String name : List.of("lb1", "lb2", "lb3")) {
      Path tables = Files.createDirectories(dir.resolve(name).resolve("tables"));
      for (String table : List.of("A", "Z")) {
        // /proc/net is the namespace of whoever looks.
        Files.createSymbolicLink(tables.resolve(table), Path.of("/proc/net/xt_recent", table));
      }
      spec.lineOf(name, "recent.proc-dir = \"" + tables + "\"");
    }
    cluster = spec.build();
    Member leader = cluster.start().awaitLeader();
    for (String table : List.of("A", "Z")) {
      for (int i = 1; i <= ENTRIES; i++) {
        Files.writeString(
            network.of(leader).recentTables().resolve(table), "+203.0.113." + i + "\n");
      }
    }
    cluster.awaitCount("recent", "A", ENTRIES);
    cluster.awaitCount("recent", "Z", ENTRIES);
  }

  /** A Pound that stops to take sessions at a given one. */
  @Test
  void itWritesNothingMoreIntoItsPoundAndTheSuccessorsHasThemAll() throws Exception {
    cluster = ClusterSpec.in(dir).farm("f1", Farms.LASTING).build();
    Member leader = cluster.startPounds().start().awaitLeader();
    leader.pound("f1").traffic(CLIENT, SESSIONS);
    cluster.awaitSessions("f1", SESSIONS);
    Member old = cluster.followers().get(0);
    old.pound("f1").command("stall-after " + WRITTEN);

    old.ctl("switch", "master").ok();
    cluster.awaitThat("Pound stands still in the middle", () -> written(old) >= WRITTEN);
    assertThat(state(old)).isEqualTo("WRITING");
    old.suspend();
    Member heir = cluster.awaitLeader();
    assertThat(heir).isNotSameAs(old);
    final List<String> all = heir.pound("f1").sessions();
    assertThat(all).hasSize(SESSIONS);

    old.resume();
    cluster.awaitThat("the old leader has heard of it", () -> isFollower(old));
    cluster.awaitThat("its write has ended", () -> state(old).equals("FOLLOWER"));
    assertThat(sink(old).path("lastError").asText()).contains(" of " + SESSIONS + " sessions were");
    old.pound("f1").command("resume");

    // What was sent before it was stopped still lies in the socket, and comes to its end.
    JsonNode report = JSON.readTree(old.ctl("-o", "json", "write", "http").ok().out());
    JsonNode scope = report.path("scopes").path(0);
    assertThat(scope.path("applied").asInt()).as("left over by the old leader").isPositive();
    assertThat(scope.path("applied").asInt() + scope.path("unchanged").asInt()).isEqualTo(SESSIONS);
    assertThat(old.pound("f1").sessions()).isEqualTo(all);
  }

  private static long written(Member member) {
    try {
      return Long.parseLong(member.pound("f1").process().stat("writes"));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private long rows(Member member, String table) {
    try {
      return Files.readAllLines(network.of(member).recentTables().resolve(table)).size();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static String state(Member member) {
    return member.status().map(status -> status.path("state").asText()).orElse("");
  }

  private static JsonNode sink(Member member) {
    return member.status().orElseThrow().path("sinks").path(0);
  }

  private static boolean isFollower(Member member) {
    return member.status().filter(s -> s.path("role").asText().equals("follower")).isPresent();
  }
}
