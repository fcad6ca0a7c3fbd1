package io.ssyncd.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ssyncd.testkit.Cluster;
import io.ssyncd.testkit.ClusterSpec;
import io.ssyncd.testkit.Member;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * What looking at kernel tables takes of a core: the processor time of a daemon that collects from
 * 100 full tables in which nothing happens, against the same daemon without tables. The kernel's
 * part of it, which prints the tables, counts as well. In its first minute a daemon also compiles
 * itself; that is told apart.
 */
final class PollShare {
  private static final int TABLES = 100;
  private static final int STAMPS = 8;
  private static final long WARM_UP_SECONDS = 60;
  private static final long SECONDS = 30;

  /** Shares of a core: in the first minute, and after it. */
  private record Shares(double first, double steady) {}

  private PollShare() {}

  static void run(Path directory, ObjectNode out) throws IOException, InterruptedException {
    out.put("tables", TABLES).put("rowsEach", FullTables.ROWS).put("stampsEach", STAMPS);
    Shares without = shares(ClusterSpec.in(directory.resolve("without")).members("lb1"), 0);
    try (FullTables tables = FullTables.make(TABLES)) {
      tables.fill(STAMPS);
      Shares with =
          shares(
              ClusterSpec.in(directory.resolve("with"))
                  .members("lb1")
                  .recent()
                  .line("recent.interval = 200 ms")
                  .line("recent.proc-dir = \"" + tables.directory() + "\""),
              TABLES * FullTables.ROWS);
      out.put("percentOfACoreWithoutTables", percent(without.steady));
      out.put("percentOfACoreWithTables", percent(with.steady));
      out.put("percentOfACoreForPolling", percent(with.steady - without.steady));
      out.put("percentOfACoreForPollingInTheFirstMinute", percent(with.first - without.first));
    }
  }

  private static Shares shares(ClusterSpec spec, int entries) throws InterruptedException {
    try (Cluster cluster = spec.build()) {
      Member member = cluster.start().awaitLeader();
      cluster.awaitThat("all entries collected", () -> held(member) == entries);
      return new Shares(share(member, WARM_UP_SECONDS), share(member, SECONDS));
    }
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
