package io.ssyncd.log.atomix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ssyncd.log.Durability;
import io.ssyncd.log.LogCluster;
import io.ssyncd.log.LogCluster.Node;
import io.ssyncd.log.LogConfig;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * All members lose their power at once and start from what was on their disks: nothing that was
 * acknowledged is lost. What is on a disk is known from a copy that is taken at each sync.
 */
class PowerLossTest {
  private static final int ROUNDS = 4;
  private static final int MOST_ENTRIES = 120;

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
      copy("*.log");
    }

    /** What is written elsewhere is synced where it is written. */
    synchronized void lose() throws IOException {
      gone = true;
      copy("{votes,acknowledged,*.meta,*.conf,*.snapshot,.*.lock}");
    }

    private void copy(String glob) throws IOException {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(live, glob)) {
        for (Path file : files) {
          Files.copy(file, shadow.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
        }
      }
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
    return live.getParent()
        .resolveSibling(live.getParent().getFileName() + "+")
        .resolve(live.getFileName());
  }

  /** Proposes until the power is cut; returns what was acknowledged. */
  private List<String> lose(LogCluster cluster, int round, int count) throws Exception {
    List<String> acknowledged = new CopyOnWriteArrayList<>();
    Node leader = cluster.leader();
    for (int i = 0; i < count; i++) {
      String entry = "round " + round + " entry " + i;
      var unused = leader.proposal(entry).thenAccept(done -> acknowledged.add(entry));
    }
    await().atMost(LogCluster.PATIENCE).until(() -> acknowledged.size() >= count / 2);
    for (String name : cluster.names()) {
      network.isolate(name, cluster.names());
    }
    List<String> known = List.copyOf(acknowledged);
    for (ShadowDisk disk : disks.values()) {
      disk.lose();
    }
    return known;
  }

  @Test
  void nothingAcknowledgedIsLostWithThePowerOfAllMembers() throws Exception {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    List<String> acknowledged = new CopyOnWriteArrayList<>();
    Path here = directory.resolve("log");
    for (int round = 0; round < ROUNDS; round++) {
      Path now = here;
      try (LogCluster cluster =
          new LogCluster(now, 3, config -> create(config, true), log -> ((AtomixLog) log).abort())
              .startAll()) {
        cluster.leader().propose("begin of round " + round);
        cluster.awaitEqual();
        for (Node node : cluster.all()) {
          assertThat(node.machine().entries())
              .as("seed %d, %s in round %d", seed, node.name(), round)
              .containsAll(acknowledged);
        }
        acknowledged.addAll(lose(cluster, round, 1 + random.nextInt(MOST_ENTRIES)));
      }
      network.heal();
      here = here.resolveSibling(here.getFileName() + "+");
    }
  }

  /** The rig does lose what was not synced. */
  @Test
  void withoutASyncItIsLost() throws Exception {
    List<String> acknowledged;
    Path here = directory.resolve("log");
    try (LogCluster cluster =
        new LogCluster(here, 3, config -> create(config, false), log -> ((AtomixLog) log).abort())
            .startAll()) {
      acknowledged = lose(cluster, 0, 10);
      assertThat(acknowledged).isNotEmpty();
    }
    network.heal();
    try (LogCluster cluster =
        new LogCluster(
                here.resolveSibling("log+"),
                3,
                config -> create(config, false),
                log -> ((AtomixLog) log).abort())
            .startAll()) {
      cluster.leader().propose("begin");
      cluster.awaitEqual();
      assertThat(cluster.leader().machine().entries()).doesNotContainAnyElementsOf(acknowledged);
    }
  }
}
