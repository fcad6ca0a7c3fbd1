package io.ssyncd.log.atomix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ssyncd.log.LogCluster;
import io.ssyncd.log.LogCluster.Node;
import io.ssyncd.log.LogConfig;
import io.ssyncd.log.atomix.net.Reach;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** One member's disk takes 300 ms for a sync, as a worn one does. */
@Execution(ExecutionMode.CONCURRENT)
class SlowDiskTest {
  private static final int ENTRIES = 40;

  @TempDir Path directory;
  private final Map<String, SlowDisk> disks = new ConcurrentHashMap<>();

  private static final class SlowDisk implements Syncer.Disk {
    final AtomicInteger syncs = new AtomicInteger();
    volatile boolean slow;

    @Override
    public void sync() {
      if (slow) {
        LockSupport.parkNanos(Duration.ofMillis(300).toNanos());
      }
      syncs.incrementAndGet();
    }
  }

  private LogCluster cluster() throws Exception {
    return new LogCluster(directory, 3, this::create, log -> ((AtomixLog) log).abort()).startAll();
  }

  private AtomixLog create(LogConfig config) {
    SlowDisk disk = disks.computeIfAbsent(config.member(), name -> new SlowDisk());
    return new AtomixLog(config, AtomixLogTest.SMALL, Reach.ALL, disk);
  }

  /**
   * Counted in its syncs and not by a clock: the majority is through before it has made as many.
   */
  @Test
  void aFollowerWithASlowDiskIsNotWaitedFor() throws Exception {
    try (LogCluster cluster = cluster()) {
      Node leader = cluster.leader();
      leader.propose("before");
      SlowDisk disk = disks.get(cluster.followers().get(0).name());
      disk.slow = true;
      int before = disk.syncs.get();
      List<String> proposed = propose(leader);
      assertThat(disk.syncs.get() - before).isLessThan(ENTRIES / 2);

      cluster.awaitEqual();
      assertThat(cluster.leader()).isSameAs(leader);
      assertThat(leader.machine().entries()).containsSubsequence(proposed);
    }
  }

  @Tag("long")
  @Test
  void aLeaderWithASlowDiskStaysCorrect() throws Exception {
    try (LogCluster cluster = cluster()) {
      Node leader = cluster.leader();
      leader.propose("before");
      disks.get(leader.name()).slow = true;
      List<String> proposed = propose(leader);
      cluster.awaitEqual();

      cluster.kill(leader.name());
      Node heir = cluster.leader();
      await()
          .atMost(LogCluster.PATIENCE)
          .untilAsserted(() -> assertThat(heir.machine().entries()).containsSubsequence(proposed));
      cluster.start(leader.name());
      cluster.awaitEqual();
    }
  }

  private static List<String> propose(Node leader) throws Exception {
    List<String> proposed = new ArrayList<>();
    for (int i = 0; i < ENTRIES; i++) {
      leader.propose("entry " + i);
      proposed.add("entry " + i);
    }
    return proposed;
  }
}
