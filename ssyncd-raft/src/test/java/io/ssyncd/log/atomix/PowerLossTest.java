package io.ssyncd.log.atomix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ssyncd.log.Durability;
import io.ssyncd.log.LogCluster;
import io.ssyncd.log.LogCluster.Node;
import io.ssyncd.log.LogConfig;
import io.ssyncd.session.Drawn;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * All members lose their power at once and start from what was on their disks: nothing that was
 * acknowledged is lost. What is on a disk is known from a copy that is taken at each sync.
 */
class PowerLossTest {
  private static final int ROUNDS = 4;
  private static final int MOST_ENTRIES = 120;
  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir Path directory;

  private final Network network = new Network();
  private final Map<String, ShadowDisk> disks = new ConcurrentHashMap<>();

  /** Copies the log's files when they are synced, and nothing after the power is gone. */
  private static final class ShadowDisk implements Syncer.Disk {
    private final Path live;
    private final Path shadow;
    private final SegmentDisk disk;
    private boolean gone;

    ShadowDisk(Path live, Path shadow) throws IOException {
      this.live = live;
      this.shadow = shadow;
      this.disk = new SegmentDisk(live, LogFiles.PREFIX);
      Files.createDirectories(shadow);
    }

    @Override
    public synchronized void sync() throws IOException {
      if (gone) {
        throw new IOException("no power");
      }
      disk.sync();
      try (DirectoryStream<Path> files = Files.newDirectoryStream(live, "*.log")) {
        copy(files);
      }
    }

    /** What is written elsewhere is synced where it is written. */
    synchronized void lose() throws IOException {
      gone = true;
      try (DirectoryStream<Path> files =
          Files.newDirectoryStream(live, file -> !file.toString().endsWith(".log"))) {
        copy(files);
      }
    }

    private void copy(Iterable<Path> files) throws IOException {
      for (Path file : files) {
        Files.copy(file, shadow.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
      }
    }

    /** What was on the disk is what is there. */
    void restore() throws IOException {
      Files.move(live, live.resolveSibling(live.getFileName() + "-lost-" + System.nanoTime()));
      Files.move(shadow, live);
    }
  }

  private AtomixLog create(LogConfig config, boolean synced) {
    try {
      Path shadow = shadowOf(config.directory());
      ShadowDisk disk = new ShadowDisk(config.directory(), shadow);
      disks.put(config.member(), disk);
      return new AtomixLog(fsync(config), AtomixLogTest.SMALL, network, synced ? disk : null);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static LogConfig fsync(LogConfig config) {
    return new LogConfig(
        config.member(),
        config.directory(),
        config.cluster(),
        config.members(),
        config.electionTimeout(),
        config.heartbeat(),
        Durability.FSYNC);
  }

  private static Path shadowOf(Path live) {
    return live.resolveSibling(live.getFileName() + "-shadow");
  }

  /** The first entry of a new start; on a busy machine leaders come and go. */
  private static void begin(LogCluster cluster, String entry) {
    await().atMost(LONG).ignoreExceptions().until(() -> cluster.leader().propose(entry) != null);
  }

  /** Proposes until the power is cut; returns what was acknowledged. */
  private List<String> lose(LogCluster cluster, int round, int count) throws Exception {
    List<String> acknowledged = new CopyOnWriteArrayList<>();
    AtomicInteger answered = new AtomicInteger();
    Node leader = cluster.leader();
    for (int i = 0; i < count; i++) {
      String entry = "round " + round + " entry " + i;
      var unused =
          leader
              .proposal(entry)
              .thenAccept(done -> acknowledged.add(entry))
              .whenComplete((done, error) -> answered.incrementAndGet());
    }
    // On a busy machine some come to nothing: those were never acknowledged.
    await().atMost(LONG).until(() -> acknowledged.size() >= count / 2 || answered.get() == count);
    for (String name : cluster.names()) {
      network.isolate(name, cluster.names());
    }
    List<String> known = List.copyOf(acknowledged);
    for (ShadowDisk disk : disks.values()) {
      disk.lose();
    }
    return known;
  }

  private LogCluster cluster(boolean synced) {
    return new LogCluster(
        directory, 3, config -> create(config, synced), log -> ((AtomixLog) log).abort());
  }

  private void restore(LogCluster cluster) throws IOException {
    cluster.names().forEach(cluster::kill);
    for (ShadowDisk disk : disks.values()) {
      disk.restore();
    }
    network.heal();
  }

  @Test
  void nothingAcknowledgedIsLostWithThePowerOfAllMembers() throws Exception {
    long seed = Drawn.seedOfThisRun();
    Random random = new Random(seed);
    List<String> acknowledged = new CopyOnWriteArrayList<>();
    try (LogCluster cluster = cluster(true)) {
      for (int round = 0; round < ROUNDS; round++) {
        cluster.startAll();
        begin(cluster, "begin of round " + round);
        cluster.awaitEqual();
        for (Node node : cluster.all()) {
          assertThat(node.machine().entries())
              .as("seed %d, %s in round %d", seed, node.name(), round)
              .containsAll(acknowledged);
        }
        acknowledged.addAll(lose(cluster, round, 1 + random.nextInt(MOST_ENTRIES)));
        restore(cluster);
      }
    }
  }

  /** The rig does lose what was not synced. */
  @Test
  void withoutASyncItIsLost() throws Exception {
    try (LogCluster cluster = cluster(false).startAll()) {
      List<String> acknowledged = lose(cluster, 0, 10);
      assertThat(acknowledged).isNotEmpty();
      restore(cluster);
      cluster.startAll();
      begin(cluster, "begin");
      cluster.awaitEqual();
      assertThat(cluster.leader().machine().entries()).doesNotContainAnyElementsOf(acknowledged);
    }
  }
}
