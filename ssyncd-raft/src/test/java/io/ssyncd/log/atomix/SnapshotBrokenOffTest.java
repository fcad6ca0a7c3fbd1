package io.ssyncd.log.atomix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ssyncd.log.Durability;
import io.ssyncd.log.LogCluster;
import io.ssyncd.log.LogConfig;
import io.ssyncd.log.RecordingListener;
import io.ssyncd.log.RecordingMachine;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Trap 5: a snapshot replaces nothing before it is whole. A copy of the directory at some moment is
 * what kill -9 at that moment leaves, as the pages of the files survive the process.
 */
class SnapshotBrokenOffTest {
  private static final int ENTRIES = 40;

  @TempDir Path directory;
  private LogConfig shape;

  @BeforeEach
  void shape() throws IOException {
    shape = new LogCluster(directory, 1, unused -> null, unused -> {}).config("m1");
  }

  private LogConfig at(Path where) {
    return new LogConfig(
        shape.member(),
        where,
        shape.cluster(),
        shape.members(),
        shape.electionTimeout(),
        shape.heartbeat(),
        Durability.FSYNC);
  }

  /** Stops before, within and after the bytes of a snapshot, until it is let go. */
  private static final class Halting extends RecordingMachine {
    final CountDownLatch atStart = new CountDownLatch(1);
    final CountDownLatch pastStart = new CountDownLatch(1);
    final CountDownLatch half = new CountDownLatch(1);
    final CountDownLatch pastHalf = new CountDownLatch(1);
    volatile boolean fails;

    @Override
    public synchronized void writeSnapshot(OutputStream to) throws IOException {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      super.writeSnapshot(bytes);
      pass(atStart, pastStart);
      to.write(bytes.toByteArray(), 0, bytes.size() / 2);
      to.flush();
      pass(half, pastHalf);
      if (fails) {
        throw new IOException("No space left on device");
      }
      to.write(bytes.toByteArray(), bytes.size() / 2, bytes.size() - bytes.size() / 2);
    }

    private static void pass(CountDownLatch reached, CountDownLatch go) {
      reached.countDown();
      try {
        if (!go.await(20, TimeUnit.SECONDS)) {
          throw new IllegalStateException("never let go");
        }
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private Path copy(Path from, String name) throws IOException {
    Path copy = Files.createDirectory(directory.resolve(name));
    try (DirectoryStream<Path> files = Files.newDirectoryStream(from)) {
      for (Path file : files) {
        Files.copy(file, copy.resolve(file.getFileName()));
      }
    }
    return copy;
  }

  /** The file as it is between its making and the first byte of the table: a header, no more. */
  private static Path madeAndNoMore(Path where) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(where, "*.snapshot*")) {
      for (Path file : files) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
          channel.truncate(64);
        }
      }
    }
    return where;
  }

  /** A member that halts lets go of its port a moment later. */
  private void awaitPort() {
    LogConfig.MemberAddress self = shape.self();
    await()
        .atMost(LogCluster.PATIENCE)
        .ignoreException(java.net.BindException.class)
        .until(
            () -> {
              new ServerSocket(self.port(), 1, InetAddress.getByName(self.host())).close();
              return true;
            });
  }

  private void holdsEverything(Path where, int entries) throws Exception {
    RecordingMachine machine = new RecordingMachine();
    RecordingListener listener = new RecordingListener();
    AtomixLog log = new AtomixLog(at(where), AtomixLogTest.SMALL);
    try {
      log.start(machine, listener);
      await()
          .atMost(LogCluster.PATIENCE)
          .until(() -> machine.size() == entries || listener.haltReason() != null);
      assertThat(listener.haltReason()).as("%s", where).isNull();
      // It goes on, and can take a snapshot that is whole.
      log.propose(new byte[] {'x'}).get(20, TimeUnit.SECONDS);
      log.snapshot().get(20, TimeUnit.SECONDS);
    } finally {
      log.abort();
    }
  }

  private static void fill(AtomixLog log) throws Exception {
    byte[] large = new byte[100_000];
    java.util.Arrays.fill(large, (byte) 'x');
    for (int i = 0; i < ENTRIES; i++) {
      log.propose(large).get(20, TimeUnit.SECONDS);
    }
  }

  @Test
  void trap5_killedAtAnyMomentOfTakingOneNothingIsLost() throws Exception {
    Path where = directory.resolve("taking");
    Halting machine = new Halting();
    AtomixLog log = new AtomixLog(at(where), AtomixLogTest.SMALL);
    List<Path> copies = new java.util.ArrayList<>();
    try {
      log.start(machine, new RecordingListener());
      fill(log);
      Future<Void> taken = log.snapshot();
      assertThat(machine.atStart.await(20, TimeUnit.SECONDS)).isTrue();
      copies.add(copy(where, "begun"));
      copies.add(madeAndNoMore(copy(where, "made")));
      machine.pastStart.countDown();
      assertThat(machine.half.await(20, TimeUnit.SECONDS)).isTrue();
      copies.add(copy(where, "half"));
      machine.pastHalf.countDown();
      taken.get(20, TimeUnit.SECONDS);
      copies.add(copy(where, "taken"));
    } finally {
      log.abort();
    }
    assertThat(copies)
        .allSatisfy(
            copy -> assertThat(copy.toFile().list()).anyMatch(name -> name.contains(".snapshot")));
    for (Path copy : copies) {
      holdsEverything(copy, ENTRIES);
    }
  }

  @Test
  void trap5_aDiskThatIsFullWhileOneIsTakenHaltsTheMemberAndNothingIsLost() throws Exception {
    Path where = directory.resolve("full");
    Halting machine = new Halting();
    machine.fails = true;
    RecordingListener listener = new RecordingListener();
    AtomixLog log = new AtomixLog(at(where), AtomixLogTest.SMALL);
    try {
      log.start(machine, listener);
      fill(log);
      var unused = log.snapshot();
      machine.pastStart.countDown();
      machine.pastHalf.countDown();
      await().atMost(LogCluster.PATIENCE).until(() -> listener.haltReason() != null);
      assertThat(listener.haltReason()).contains("snapshot").contains("No space left");
    } finally {
      log.abort();
    }
    awaitPort();
    holdsEverything(where, ENTRIES);
  }

  @Test
  void trap5_aFollowerKilledWhileOneIsInstalledIsFilledAgain() throws Exception {
    Network network = new Network();
    try (LogCluster cluster =
        new LogCluster(
                directory.resolve("cluster"),
                3,
                config -> new AtomixLog(config, AtomixLogTest.SMALL, network, null),
                log -> ((AtomixLog) log).abort())
            .startAll()) {
      String away = cluster.followers().get(0).name();
      cluster.kill(away);
      String large = "x".repeat(100_000);
      for (int i = 0; i < 3 * ENTRIES; i++) {
        cluster.leader().propose(large);
      }
      for (String name : cluster.names()) {
        if (!name.equals(away)) {
          cluster.node(name).log().snapshot().get(30, TimeUnit.SECONDS);
        }
      }
      cluster.start(away);
      Path own = cluster.config(away).directory();
      await()
          .atMost(LogCluster.PATIENCE)
          .pollInterval(java.time.Duration.ofMillis(1))
          .until(() -> holdsASnapshot(own));
      network.isolate(away, cluster.names());
      cluster.kill(away);
      network.heal();
      cluster.start(away);
      cluster.leader().propose("after");
      cluster.awaitEqual();
      assertThat(cluster.node(away).machine().size()).isEqualTo(3 * ENTRIES + 1);
    }
  }

  private static boolean holdsASnapshot(Path where) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(where, "*.snapshot*")) {
      return files.iterator().hasNext();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
