package io.ssyncd.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ssyncd.testkit.Cluster;
import io.ssyncd.testkit.ClusterSpec;
import io.ssyncd.testkit.Command;
import io.ssyncd.testkit.Member;
import io.ssyncd.testkit.MemberPound;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Measures the whole: three daemon processes of the distribution, each with a stand-in for Pound as
 * a process of its own, on this machine. Prints one JSON document; judges nothing. The progress
 * goes to standard error.
 */
public final class SystemBench {
  static final String FARM = "bench";

  private static final boolean TLS = Boolean.getBoolean("ssyncd.bench.tls");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int RATE = 1_000;
  private static final int WARM_UP_SECONDS = 15;
  private static final int SECONDS = 30;
  private static final int SUSTAINED = 600_000;
  private static final int MANY = 100_000;
  private static final int KILL_AT = 10_000;
  private static final int WRITES_AGAIN = 5;
  private static final double NANOS_PER_MS = 1e6;

  private final Path directory;
  private final ObjectNode out = JSON.createObjectNode();

  private SystemBench(Path directory) {
    this.directory = directory;
  }

  /** Runs all; the optional argument names the measurements to run, joined by commas. */
  public static void main(String[] args) throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("ssyncd-bench");
    try {
      SystemBench bench = new SystemBench(directory);
      bench.run(args.length == 0 ? "latency,sustained,many,kill" : args[0]);
      System.out.println(JSON.writerWithDefaultPrettyPrinter().writeValueAsString(bench.out));
    } finally {
      delete(directory);
    }
    System.exit(0);
  }

  private void run(String which) throws IOException, InterruptedException {
    out.put("at", Instant.now().toString());
    out.put("cpus", Runtime.getRuntime().availableProcessors());
    out.put("java", Runtime.version().toString());
    out.put("kernel", System.getProperty("os.version"));
    out.put("tls", TLS);
    for (String measurement : which.split(",", -1)) {
      System.err.println("bench: " + measurement);
      switch (measurement) {
        case "latency" -> latency();
        case "sustained" -> sustained();
        case "many" -> many();
        case "kill" -> kill(KILL_AT);
        case "kill-many" -> kill(MANY);
        case "parser" -> ParserRates.run(out.putObject("parser"));
        case "recent-sink" -> RecentSinkRates.run(out.putObject("recentSink"));
        case "new-clients" -> NewClients.run(directory, out.putObject("newClients"));
        case "poll" -> PollShare.run(directory, out.putObject("poll"));
        default -> throw new IllegalArgumentException("no measurement " + measurement);
      }
    }
  }

  private Cluster cluster(String name) {
    ClusterSpec spec =
        ClusterSpec.in(directory.resolve(name)).defaultElectionTimeout().farm(FARM, "4x86400");
    return (TLS ? spec.tls() : spec).build();
  }

  private void latency() throws IOException {
    try (Cluster cluster = cluster("latency")) {
      Member leader = cluster.startPounds().start().awaitLeader();
      EventLatency latency = new EventLatency(cluster, leader);
      latency.run("warm-", RATE, WARM_UP_SECONDS, JSON.createObjectNode());
      latency.run("event-", RATE, SECONDS, out.putObject("eventToAll"));
    }
  }

  private void sustained() {
    try (Cluster cluster = cluster("sustained")) {
      Member leader = cluster.startPounds().start().awaitLeader();
      traffic(cluster, leader, "warm-", MANY);
      ObjectNode result = out.putObject("sustained");
      long start = System.nanoTime();
      leader.pound(FARM).traffic("client-", SUSTAINED);
      double sent = seconds(start);
      cluster.awaitSessions(FARM, SUSTAINED + MANY);
      double took = seconds(start);
      result.put("sessions", SUSTAINED);
      result.put("poundDoneAfterS", round(sent)).put("allMembersAfterS", round(took));
      result.put("sessionsPerSecond", Math.round(SUSTAINED / took));
      residents(cluster, result);
    }
  }

  /** A dump of many, a write of many, and a member that comes when there are many. */
  private void many() throws IOException {
    try (Cluster cluster = cluster("many")) {
      ObjectNode result = out.putObject("with100k");
      Member leader = cluster.startPounds().start().awaitLeader();
      leader.ctl("stop", "http", FARM).ok();
      leader.pound(FARM).traffic("client-", MANY);
      long start = System.nanoTime();
      leader.ctl("start", "http", FARM).ok();
      cluster.awaitSessions(FARM, MANY);
      result.put("initialDumpS", round(seconds(start)));
      residents(cluster, result);
      write(cluster.followers().get(0), result);
      comesLate(cluster, cluster.followers().get(1), result);
    }
  }

  /** Into an empty Pound, and then again, when there is nothing to change. */
  private static void write(Member follower, ObjectNode result) throws IOException {
    long start = System.nanoTime();
    Command.Result answer = follower.ctl("-o", "json", "write", "http").ok();
    result.put("writeHttpCommandS", round(seconds(start)));
    result.put("writeHttpMs", JSON.readTree(answer.out()).path("durationMs").asLong());
    for (int i = 0; i < WRITES_AGAIN; i++) {
      JsonNode again = JSON.readTree(follower.ctl("-o", "json", "write", "http").ok().out());
      JsonNode scope = again.path("scopes").path(0);
      result
          .withArray("writeHttpAgain")
          .addObject()
          .put("ms", again.path("durationMs").asLong())
          .put("applied", scope.path("applied").asLong())
          .put("unchanged", scope.path("unchanged").asLong());
    }
  }

  private static void comesLate(Cluster cluster, Member member, ObjectNode result)
      throws IOException {
    member.kill();
    delete(member.data());
    long start = System.nanoTime();
    member.start();
    cluster.awaitSessions(FARM, MANY);
    result.put("freshMemberInSyncS", round(seconds(start)));
  }

  private void kill(int sessions) {
    try (Cluster cluster = cluster("kill-" + sessions)) {
      Member leader = cluster.startPounds().start().awaitLeader();
      traffic(cluster, leader, "client-", sessions);
      List<MemberPound> others =
          cluster.followers().stream().map(member -> member.pound(FARM)).toList();
      ObjectNode result = out.putObject("killWith" + sessions);
      long killed = System.nanoTime();
      leader.kill();
      cluster.awaitThat(
          "all sessions in a follower's Pound",
          () -> others.stream().anyMatch(pound -> pound.count() >= sessions));
      result.put("killToWrittenS", round(seconds(killed)));
      cluster.awaitLeader();
      result.put("killToIngestingS", round(seconds(killed)));
    }
  }

  private static void traffic(Cluster cluster, Member leader, String prefix, int sessions) {
    leader.pound(FARM).traffic(prefix, sessions);
    cluster.awaitSessions(FARM, sessions);
  }

  private static void residents(Cluster cluster, ObjectNode result) {
    Member leader = cluster.awaitLeader();
    for (Member member : cluster.members()) {
      String role = member == leader ? "leader" : member.name();
      result.put(role + "ResidentMb", member.daemon().residentKb() / 1024);
      result.put(role + "PeakResidentMb", member.daemon().peakResidentKb() / 1024);
    }
  }

  private static double seconds(long sinceNanos) {
    return (System.nanoTime() - sinceNanos) / NANOS_PER_MS / 1000;
  }

  private static double round(double seconds) {
    return Math.round(seconds * 1000) / 1000.0;
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
