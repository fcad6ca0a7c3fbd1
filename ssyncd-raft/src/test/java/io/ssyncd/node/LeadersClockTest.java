package io.ssyncd.node;

import static io.ssyncd.node.TestCluster.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ssyncd.session.Bytes;
import io.ssyncd.session.Feed;
import io.ssyncd.session.Kind;
import io.ssyncd.session.RecentEntry;
import io.ssyncd.session.RecentKey;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Entries of kernel tables keep their ages on hosts whose clocks differ. */
class LeadersClockTest {
  private static final long AHEAD_MS = 30_000;

  /** When the client was seen, by a clock that goes right. */
  private static final long SEEN_MS = 1_800_000_000_000L;

  private static final int ENTRIES = 1_200;

  @TempDir Path directory;
  TestCluster cluster;
  private final AtomicInteger probes = new AtomicInteger(20_000);

  @BeforeEach
  void make() throws Exception {
    cluster = new TestCluster(directory, "a", "b", "c");
    cluster.feeds = List.of(Feed.RECENT);
    cluster.materialise =
        new NodeConfig.Materialise(
            Set.of(Kind.RECENT), Map.of(), Map.of(Kind.RECENT, Duration.ofMillis(20)), 100);
    cluster.log.clock("a", Duration.ofMillis(AHEAD_MS));
    cluster.startAll();
    cluster.lead("a");
    awaitKnown("a", AHEAD_MS, SEEN_MS, List.of("b", "c"));
    assertThat(cluster.warned("b", WarningCode.CLOCK_OFFSET)).isTrue();
  }

  /** Until they know who collects, others take its times as they are. */
  private void awaitKnown(String leader, long aheadMs, long seenMs, List<String> others) {
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              recent(leader).see(entry(probes.incrementAndGet(), seenMs + aheadMs));
              return others.stream().allMatch(name -> holdsAnyOf(name, seenMs));
            });
  }

  private boolean holdsAnyOf(String name, long seenMs) {
    return recent(name).process.values().stream()
        .anyMatch(each -> ((RecentEntry) each).lastSeenMs() == seenMs);
  }

  @AfterEach
  void end() {
    cluster.close();
  }

  private static RecentEntry entry(int host, long seenMs) {
    byte[] address = {10, 0, (byte) (host >> 8), (byte) host};
    return new RecentEntry(new RecentKey("T", Bytes.of(address)), 64, seenMs - 5_000, seenMs);
  }

  private ScriptedEndpoint recent(String name) {
    return cluster.endpoint(name, Feed.RECENT);
  }

  private long inTheKernelOf(String name, RecentEntry entry) {
    RecentEntry held = (RecentEntry) recent(name).process.get(entry.key());
    return held == null ? 0 : held.lastSeenMs();
  }

  private void awaitInTheKernelOf(String name, RecentEntry entry) {
    if (inTheKernelOf(name, entry) == 0) {
      await().atMost(PATIENCE).until(() -> inTheKernelOf(name, entry) != 0);
    }
  }

  private long inTheTableOf(String name, RecentEntry entry) {
    RecentEntry held = (RecentEntry) cluster.node(name).table().get(entry.key());
    return Objects.requireNonNull(held).lastSeenMs();
  }

  private void seenByTheLeader() {
    for (int i = 0; i < ENTRIES; i++) {
      recent("a").see(entry(i, SEEN_MS + AHEAD_MS));
    }
    for (String name : List.of("b", "c")) {
      for (int i = 0; i < ENTRIES; i++) {
        awaitInTheKernelOf(name, entry(i, 0));
      }
    }
  }

  @Test
  void followersWriteWhatTheLeaderSawAsOldAsItIs() {
    seenByTheLeader();
    RecentEntry written = (RecentEntry) recent("b").process.get(entry(7, 0).key());

    assertThat(written).isEqualTo(entry(7, SEEN_MS));
    assertThat(inTheTableOf("b", written)).as("as replicated").isEqualTo(SEEN_MS + AHEAD_MS);
  }

  @Test
  void aNewLeaderTellsAllInItsOwnTimeBeforeItCollects() {
    seenByTheLeader();
    cluster.lead("b");
    for (String name : List.of("a", "b", "c")) {
      await().atMost(PATIENCE).until(() -> inTheTableOf(name, entry(7, 0)) == SEEN_MS);
      await().atMost(PATIENCE).until(() -> inTheTableOf(name, entry(ENTRIES - 1, 0)) == SEEN_MS);
    }
    assertThat(inTheKernelOf("b", entry(7, 0))).isEqualTo(SEEN_MS);

    // The next one takes b's times for what they are, though a's clock still is ahead.
    awaitKnown("b", 0, SEEN_MS + 5, List.of("c"));
    recent("b").see(entry(5_000, SEEN_MS + 9));
    awaitInTheKernelOf("c", entry(5_000, 0));
    cluster.lead("c");
    assertThat(inTheKernelOf("c", entry(5_000, 0))).isEqualTo(SEEN_MS + 9);
    assertThat(inTheTableOf("c", entry(7, 0))).isEqualTo(SEEN_MS);
  }
}
