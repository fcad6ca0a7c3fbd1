package io.ssyncd.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ssyncd.session.Bytes;
import io.ssyncd.session.RecentEntry;
import io.ssyncd.session.RecentKey;
import io.ssyncd.session.SessionRecord;
import io.ssyncd.source.recent.Conntrack;
import io.ssyncd.source.recent.KernelTables;
import io.ssyncd.source.recent.RecentConfig;
import io.ssyncd.source.recent.RecentSource;
import io.ssyncd.testkit.ClientNetwork;
import io.ssyncd.testkit.TableIntake;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * From a new client's first packet, over a cable between two namespaces, to its entry at the
 * source's intake: with an interval of a second, by polling alone, and with the conntrack tool.
 */
final class NewClients {
  private static final int CLIENTS = 60;
  private static final Duration INTERVAL = Duration.ofSeconds(1);
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private NewClients() {}

  static void run(Path directory, ObjectNode out) throws IOException, InterruptedException {
    out.put("clients", CLIENTS).put("intervalMs", INTERVAL.toMillis());
    run(directory, true, out.putObject("withConntrackMs"));
    run(directory, false, out.putObject("byPollingMs"));
  }

  private static void run(Path directory, boolean conntrack, ObjectNode out)
      throws IOException, InterruptedException {
    TableIntake intake = new TableIntake();
    try (ClientNetwork network = ClientNetwork.of(CLIENTS + 1)) {
      network.balancer().recentTable("T", false);
      RecentSource source =
          new RecentSource(
              new KernelTables(
                  RecentConfig.defaults()
                      .withProcDir(network.balancer().recentTables())
                      .withInterval(INTERVAL)
                      .withConntrack(
                          conntrack ? Conntrack.by(network.conntrack(directory)) : Conntrack.OFF)));
      source.start(intake);
      try {
        // Neighbours are found, the tool listens, the clock is measured.
        TimeUnit.SECONDS.sleep(3);
        long unused = seenAfter(network, intake, CLIENTS + 1);
        SplittableRandom random = new SplittableRandom(1);
        long[] nanos = new long[CLIENTS];
        long[] after = new long[CLIENTS];
        for (int i = 0; i < CLIENTS; i++) {
          TimeUnit.MILLISECONDS.sleep(random.nextInt(200, 1200));
          long wall = System.currentTimeMillis();
          nanos[i] = seenAfter(network, intake, i + 1);
          // What is no part of ssyncd: until the packet was there. To a tick of the kernel.
          long there = rowMs(intake, i + 1) - wall;
          after[i] = Math.max(0, nanos[i] - TimeUnit.MILLISECONDS.toNanos(Math.max(0, there)));
        }
        put(out.putObject("sincePacket"), new Durations(nanos));
        put(out.putObject("sinceRow"), new Durations(after));
      } finally {
        source.stop();
      }
    }
  }

  private static void put(ObjectNode out, Durations of) {
    out.put("p50", of.ms(50)).put("p99", of.ms(99)).put("most", of.ms(100));
  }

  /** When the kernel saw a client, in wall-clock milliseconds. */
  private static long rowMs(TableIntake intake, int client) throws IOException {
    SessionRecord held = intake.table().get(key(client));
    return held instanceof RecentEntry entry ? entry.lastSeenMs() : 0;
  }

  private static RecentKey key(int client) throws IOException {
    byte[] address = InetAddress.getByName(ClientNetwork.client(client)).getAddress();
    return new RecentKey("T", Bytes.of(address));
  }

  private static long seenAfter(ClientNetwork network, TableIntake intake, int client)
      throws IOException, InterruptedException {
    RecentKey key = key(client);
    long start = System.nanoTime();
    network.packet(client);
    while (intake.table().get(key) == null) {
      if (System.nanoTime() - start > PATIENCE.toNanos()) {
        throw new IllegalStateException("client " + client + " was not seen");
      }
      TimeUnit.MICROSECONDS.sleep(200);
    }
    return System.nanoTime() - start;
  }
}
