package io.ssyncd.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ssyncd.testkit.Cluster;
import io.ssyncd.testkit.ClusterSpec;
import io.ssyncd.testkit.Member;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What looking at kernel tables takes of a core: the processor time of a daemon that collects from
 * 100 full tables in which nothing happens, against the same daemon without tables. The kernel's
 * part of it, which prints the tables, counts as well. In its first minute a daemon also compiles
 * itself; that is told apart. How often the tables were read is told too: dear ones are read more
 * seldom than the interval says.
 */
final class PollShare {
  private static final int TABLES = 100;
  private static final int[] STAMPS = {1, 8};
  private static final long WARM_UP_SECONDS = 60;
  private static final long SECONDS = 30;
  private static final String METRICS = "127.0.0.1:19595";
  private static final Pattern LOOKS = Pattern.compile("(?m)^ssyncd_recent_looks\\S* (\\S+)$");

  private final Path directory;
  private double looksPerSecond;

  /** Shares of a core: in the first minute, and after it. */
  private record Shares(double first, double steady) {}

  private PollShare(Path directory) {
    this.directory = directory;
  }

  static void run(Path directory, ObjectNode out) throws IOException, InterruptedException {
    new PollShare(directory).measure(out);
  }

  private void measure(ObjectNode out) throws IOException, InterruptedException {
    out.put("tables", TABLES).put("rowsEach", FullTables.ROWS);
    Shares without = shares(ClusterSpec.in(directory.resolve("without")).members("lb1"), 0);
    out.put("percentOfACoreWithoutTables", percent(without.steady));
    for (int stamps : STAMPS) {
      try (FullTables tables = FullTables.make(TABLES)) {
        tables.fill(stamps);
        Shares with =
            shares(
                ClusterSpec.in(directory.resolve("with-" + stamps))
                    .members("lb1")
                    .recent()
                    .line("recent.interval = 200 ms")
                    .line("recent.proc-dir = \"" + tables.directory() + "\"")
                    .line("metrics.listen = \"" + METRICS + "\""),
                TABLES * FullTables.ROWS);
        out.putObject(stamps == 1 ? "oneStampEach" : stamps + "StampsEach")
            .put("percentOfACoreWithTables", percent(with.steady))
            .put("percentOfACoreForPolling", percent(with.steady - without.steady))
            .put("percentInTheFirstMinute", percent(with.first - without.first))
            .put("readsOfATablePerSecond", Math.round(looksPerSecond / TABLES * 100) / 100.0);
      }
    }
  }

  private Shares shares(ClusterSpec spec, int entries) throws IOException, InterruptedException {
    try (Cluster cluster = spec.build()) {
      Member member = cluster.start().awaitLeader();
      cluster.awaitThat("all entries collected", () -> held(member) == entries);
      double first = share(member, WARM_UP_SECONDS);
      double before = entries == 0 ? 0 : looks();
      double steady = share(member, SECONDS);
      looksPerSecond = entries == 0 ? 0 : (looks() - before) / SECONDS;
      return new Shares(first, steady);
    }
  }

  /** How often the daemon has read a table so far. */
  private static double looks() throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://" + METRICS + "/metrics")).build();
    String text = HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
    Matcher found = LOOKS.matcher(text);
    if (!found.find()) {
      throw new IOException("no ssyncd_recent_looks among the metrics of " + METRICS);
    }
    return Double.parseDouble(found.group(1));
  }

  private static double share(Member member, long seconds) throws InterruptedException {
    Duration before = processorTime(member);
    long start = System.nanoTime();
    TimeUnit.SECONDS.sleep(seconds);
    Duration spent = processorTime(member).minus(before);
    return (double) spent.toNanos() / (System.nanoTime() - start);
  }

  private static int held(Member member) {
    int held = 0;
    for (var count : member.status().orElseThrow().path("sessions").path("recent")) {
      held += count.asInt();
    }
    return held;
  }

  private static Duration processorTime(Member member) {
    return ProcessHandle.of(member.daemon().pid())
        .flatMap(process -> process.info().totalCpuDuration())
        .orElseThrow();
  }

  private static double percent(double share) {
    return Math.round(share * 1000) / 10.0;
  }
}
