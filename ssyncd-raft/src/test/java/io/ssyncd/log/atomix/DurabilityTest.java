package io.ssyncd.log.atomix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.ssyncd.log.Durability;
import io.ssyncd.log.LogCluster;
import io.ssyncd.log.LogCluster.Node;
import io.ssyncd.log.LogConfig;
import io.ssyncd.log.Role;
import io.ssyncd.log.atomix.net.Reach;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Nothing is acknowledged before it is on the disk; many acknowledgements share a sync. */
@Execution(ExecutionMode.CONCURRENT)
class DurabilityTest {
  @TempDir Path directory;

  /** A disk that syncs when the test lets it. */
  private static final class HeldDisk implements Syncer.Disk {
    final Semaphore permits = new Semaphore(1_000_000);
    final AtomicInteger syncs = new AtomicInteger();
    volatile boolean broken;

    @Override
    public void sync() throws IOException {
      permits.acquireUninterruptibly();
      if (broken) {
        throw new IOException("no space left");
      }
      syncs.incrementAndGet();
    }

    void hold() {
      permits.drainPermits();
    }

    void release() {
      permits.release(1_000_000);
    }
  }

  private final Map<String, HeldDisk> disks = new ConcurrentHashMap<>();

  private LogCluster cluster(int members) throws IOException {
    return new LogCluster(directory, members, this::create, log -> ((AtomixLog) log).abort());
  }

  private AtomixLog create(LogConfig config) {
    HeldDisk disk = disks.computeIfAbsent(config.member(), name -> new HeldDisk());
    return new AtomixLog(config, AtomixLogTest.SMALL, Reach.ALL, disk);
  }

  @Test
  void trap2_aLeaderWhoseDiskHangsAcknowledgesNothing() throws Exception {
    try (LogCluster cluster = cluster(3).startAll()) {
      Node leader = cluster.leader();
      leader.propose("one");
      HeldDisk disk = disks.get(leader.name());
      disk.hold();
      CompletableFuture<?> held = leader.proposal("two");
      // The followers have it, and the leader too, but not on its disk.
      Node follower = cluster.followers().get(0);
      assertThatThrownBy(() -> held.get(500, TimeUnit.MILLISECONDS))
          .isInstanceOf(java.util.concurrent.TimeoutException.class);
      assertThat(follower.machine().entries()).containsExactly("one");
      disk.release();
      held.get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void trap2_followersWhoseDisksHangAreNoMajority() throws Exception {
    try (LogCluster cluster = cluster(3).startAll()) {
      Node leader = cluster.leader();
      leader.propose("one");
      List<HeldDisk> held =
          cluster.followers().stream().map(node -> disks.get(node.name())).toList();
      held.forEach(HeldDisk::hold);
      CompletableFuture<?> proposal = leader.proposal("two");
      assertThatThrownBy(() -> proposal.get(400, TimeUnit.MILLISECONDS))
          .isInstanceOf(java.util.concurrent.TimeoutException.class);
      held.get(0).release();
      proposal.get(10, TimeUnit.SECONDS);
      held.get(1).release();
    }
  }

  @Test
  void aMajoritySyncsBetweenTheAppendAndTheAcknowledgement() throws Exception {
    try (LogCluster cluster = cluster(3).startAll()) {
      Node leader = cluster.leader();
      for (int i = 0; i < 20; i++) {
        Map<String, Integer> before = new HashMap<>();
        disks.forEach((name, disk) -> before.put(name, disk.syncs.get()));
        leader.propose("entry " + i);
        long synced =
            disks.entrySet().stream()
                .filter(disk -> disk.getValue().syncs.get() > before.get(disk.getKey()))
                .count();
        assertThat(synced).isGreaterThanOrEqualTo(2);
      }
    }
  }

  @Test
  void aMemberAloneSyncsToo() throws Exception {
    try (LogCluster cluster = cluster(1).startAll()) {
      Node alone = cluster.leader();
      alone.propose("one");
      disks.get("m1").hold();
      CompletableFuture<?> held = alone.proposal("two");
      assertThatThrownBy(() -> held.get(300, TimeUnit.MILLISECONDS))
          .isInstanceOf(java.util.concurrent.TimeoutException.class);
      disks.get("m1").release();
      held.get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void aDiskThatFailsHaltsTheMember() throws Exception {
    try (LogCluster cluster = cluster(3).startAll()) {
      Node broken = cluster.followers().get(0);
      disks.get(broken.name()).broken = true;
      cluster.leader().propose("one");
      await().atMost(LogCluster.PATIENCE).until(() -> broken.listener().haltReason() != null);
      assertThat(broken.listener().haltReason()).contains("synced").contains("no space left");
      await()
          .atMost(LogCluster.PATIENCE)
          .until(() -> broken.log().status().role() == Role.INACTIVE);
      cluster.leader().propose("two");
    }
  }

  @Test
  void theRealDiskIsSyncedWithFsyncAndNotWithOs() throws Exception {
    for (Durability durability : Durability.values()) {
      List<AtomixLog> logs = new ArrayList<>();
      try (LogCluster cluster =
          new LogCluster(
                  directory.resolve(durability.name()),
                  3,
                  config -> {
                    AtomixLog log = new AtomixLog(with(config, durability), AtomixLogTest.SMALL);
                    logs.add(log);
                    return log;
                  },
                  log -> ((AtomixLog) log).abort())
              .startAll()) {
        for (int i = 0; i < 10; i++) {
          cluster.leader().propose("entry " + i);
        }
        for (AtomixLog log : logs) {
          long syncs = log.counters().get("log_syncs");
          if (durability == Durability.OS) {
            assertThat(syncs).isZero();
          }
        }
        AtomixLog leader = (AtomixLog) cluster.leader().log();
        if (durability == Durability.FSYNC) {
          assertThat(leader.counters().get("log_syncs")).isGreaterThanOrEqualTo(10);
        }
      }
    }
  }

  private static LogConfig with(LogConfig config, Durability durability) {
    return new LogConfig(
        config.member(),
        config.directory(),
        config.cluster(),
        config.members(),
        config.electionTimeout(),
        config.heartbeat(),
        durability);
  }

  @Test
  void whoAsksWhileASyncRunsSharesTheNext() throws Exception {
    HeldDisk disk = new HeldDisk();
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try {
      Syncer syncer = new Syncer(disk, thread, new Halt(why -> {}), new LogCounters());
      // What a process before left behind is synced once.
      syncer.kept().get(5, TimeUnit.SECONDS);
      assertThat(disk.syncs).hasValue(1);
      assertThat(syncer.kept()).isDone();
      disk.hold();
      syncer.written();
      CompletableFuture<Void> first = syncer.kept();
      await().until(() -> disk.permits.getQueueLength() == 1);
      // Nothing was written since: the sync that runs is enough.
      assertThat(syncer.kept()).isSameAs(first);
      syncer.written();
      CompletableFuture<Void> second = syncer.kept();
      assertThat(second).isNotSameAs(first);
      syncer.written();
      assertThat(syncer.kept()).isSameAs(second);
      assertThat(first).isNotDone();
      disk.release();
      second.get(5, TimeUnit.SECONDS);
      assertThat(first).isDone();
      assertThat(disk.syncs).hasValue(3);
    } finally {
      thread.shutdownNow();
    }
  }

  /** Asked again for the same entries, nothing being new, it said that they were on the disk. */
  @Test
  void afterASyncThatFailedNothingCountsAsKept() {
    HeldDisk disk = new HeldDisk();
    Syncer syncer = new Syncer(disk, Runnable::run, new Halt(why -> {}), new LogCounters());
    disk.broken = true;
    assertThat(syncer.kept()).isCompletedExceptionally();
    disk.broken = false;
    assertThat(syncer.kept()).isCompletedExceptionally();
    assertThat(disk.syncs).hasValue(0);
  }

  private SegmentDisk recording(List<String> done) {
    return new SegmentDisk(
        directory,
        "ssyncd",
        new SegmentDisk.Force() {
          @Override
          public void file(Path file) {
            done.add(String.valueOf(file.getFileName()));
          }

          @Override
          public void names(Path where) {
            done.add("names");
          }
        });
  }

  /** What a cut changed may be in any file, under any name. */
  @Test
  void afterACutAllFilesAreSynced() throws Exception {
    List<String> done = new ArrayList<>();
    SegmentDisk disk = recording(done);
    Files.writeString(directory.resolve("ssyncd-1.log"), "one");
    Files.writeString(directory.resolve("ssyncd-2.log"), "two");
    disk.sync();
    assertThat(done).containsExactly("ssyncd-1.log", "ssyncd-2.log", "names");
    done.clear();
    disk.sync();
    assertThat(done).containsExactly("ssyncd-2.log");
    done.clear();
    disk.cut();
    disk.sync();
    assertThat(done).containsExactly("ssyncd-1.log", "ssyncd-2.log", "names");
  }

  @Test
  void filesThatAreNewSinceTheLastSyncAreSynced() throws Exception {
    List<String> done = new ArrayList<>();
    SegmentDisk disk = recording(done);
    assertThatIOException().isThrownBy(disk::sync);
    Files.writeString(directory.resolve("ssyncd-1.log"), "one");
    Files.writeString(directory.resolve("ssyncd-10.log"), "ten");
    Files.writeString(directory.resolve("ssyncd-2.snapshot"), "no log");
    disk.sync();
    assertThat(done).containsExactly("ssyncd-1.log", "ssyncd-10.log", "names");
    done.clear();
    Files.writeString(directory.resolve("ssyncd-11.log"), "eleven");
    disk.sync();
    assertThat(done).containsExactly("ssyncd-10.log", "ssyncd-11.log", "names");
    done.clear();
    Files.delete(directory.resolve("ssyncd-10.log"));
    Files.delete(directory.resolve("ssyncd-11.log"));
    // The log was begun anew, with lower numbers.
    disk.sync();
    assertThat(done).containsExactly("ssyncd-1.log", "names");
    new SegmentDisk(directory, "ssyncd").sync();
  }
}
