package io.ssyncd.log.atomix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.atomix.protocols.raft.protocol.RaftResponse;
import io.atomix.protocols.raft.storage.log.entry.RaftLogEntry;
import io.atomix.protocols.raft.storage.snapshot.Snapshot;
import io.atomix.protocols.raft.storage.snapshot.SnapshotReader;
import io.atomix.protocols.raft.storage.snapshot.SnapshotWriter;
import io.atomix.utils.time.WallClockTimestamp;
import io.ssyncd.log.LogCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What random faults have found about snapshots, each by itself; C is sent what A and B have. */
@Execution(ExecutionMode.CONCURRENT)
class SyncedSnapshotsTest {
  private static final Duration NEVER = Duration.ofMinutes(10);

  @TempDir Path directory;

  private BareServer open(String name) throws Exception {
    return new BareServer(Files.createDirectories(directory.resolve(name)), NEVER);
  }

  private static Snapshot write(BareServer server, long index, byte[] content) {
    Snapshot snapshot =
        server.context.getSnapshotStore().newSnapshot(index, new WallClockTimestamp());
    try (SnapshotWriter writer = snapshot.openWriter()) {
      writer.write(content);
    }
    return snapshot;
  }

  private static byte[] read(Snapshot snapshot) {
    try (SnapshotReader reader = snapshot.openReader()) {
      byte[] content = new byte[reader.remaining()];
      reader.read(content);
      return content;
    }
  }

  private static byte[] bytes(int length, int value) {
    byte[] bytes = new byte[length];
    java.util.Arrays.fill(bytes, (byte) value);
    return bytes;
  }

  private List<String> files(String name) throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve(name))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(file -> file.contains("snapshot"))
          .sorted()
          .toList();
    }
  }

  private static List<String> texts(int last) {
    return IntStream.rangeClosed(2, last).mapToObj(String::valueOf).toList();
  }

  /** A member that has all up to 10 applied, and a snapshot of that. */
  private byte[] snapshotOfTen(List<RaftLogEntry> entries) throws Exception {
    try (BareServer other = open("other")) {
      other.append("A", 2, 0, 0, entries.subList(0, 10), 10);
      await().atMost(LogCluster.PATIENCE).until(() -> other.machine.size() == 9);
      CompletableFuture<Void> taken = other.take();
      other.tick();
      await()
          .atMost(LogCluster.PATIENCE)
          .until(() -> other.machine.snapshots() == 1 && !files("other").isEmpty());
      other.append("A", 2, 10, 2, entries.subList(10, 11), 11);
      await()
          .atMost(LogCluster.PATIENCE)
          .until(
              () -> {
                other.tick();
                return taken.isDone();
              });
      Snapshot snapshot = other.context.getSnapshotStore().getCurrentSnapshot();
      assertThat(snapshot.index()).isEqualTo(10);
      return read(snapshot);
    }
  }

  /**
   * It was about to finish its own, of the same index. Atomix put the leader's behind it, in the
   * same file, and zeros over a part of both.
   */
  @Test
  void aLeadersSnapshotDoesNotEndUpInAnUnfinishedOneOfTheSameIndex() throws Exception {
    byte[] sent = bytes(3_000, 2);
    try (BareServer c = open("c")) {
      Snapshot own = write(c, 7, bytes(1_000, 1));
      assertThat(c.install("A", 2, 7, sent).status()).isEqualTo(RaftResponse.Status.OK);
      assertThat(read(c.context.getSnapshotStore().getCurrentSnapshot())).isEqualTo(sent);
      // Finished later, it is a duplicate: Atomix deleted the file that both had.
      own.complete();
      assertThat(read(c.context.getSnapshotStore().getCurrentSnapshot())).isEqualTo(sent);
      assertThat(files("c")).containsExactly("ssyncd-7.snapshot");
    }
  }

  /**
   * It was sent a snapshot of more than it had applied, and took one itself before it had read that
   * in: of the old table, with the new index, in the file of the one that it was sent. It lacked
   * the entries in between for ever, and said nothing.
   */
  @Test
  void aTableThatHasNotReadASnapshotYetIsNotTakenForTheSnapshot() throws Exception {
    try (BareServer c = open("c")) {
      List<RaftLogEntry> entries = c.proposals(2, 12);
      byte[] ofTen = snapshotOfTen(entries);
      c.append("A", 2, 0, 0, entries.subList(0, 10), 5);
      await().atMost(LogCluster.PATIENCE).until(() -> c.machine.size() == 4);
      c.install("A", 2, 10, ofTen);
      // Committed now, and passed over, since the snapshot holds them.
      c.append("A", 2, 10, 2, List.of(), 10);
      await().atMost(LogCluster.PATIENCE).until(() -> c.context.getLastApplied() == 10);
      assertThat(c.machine.size()).isEqualTo(4);
      CompletableFuture<Void> taken = c.take();
      ticking(c, () -> taken.isDone() || c.machine.snapshots() > 0);
      c.append("A", 2, 10, 2, entries.subList(10, 12), 12);
      ticking(c, () -> taken.isDone() && c.context.getLastApplied() == 12);
      assertThat(c.machine.entries()).isEqualTo(texts(12));
      assertThat(read(c.context.getSnapshotStore().getCurrentSnapshot())).isEqualTo(ofTen);
    }
  }

  /** The same after a start: the table is empty until the first entry after the snapshot. */
  @Test
  void aTableThatIsStillEmptyAfterAStartIsNotTakenForTheSnapshot() throws Exception {
    List<RaftLogEntry> entries;
    try (BareServer c = open("c")) {
      entries = c.proposals(2, 11);
      byte[] ofTen = snapshotOfTen(entries);
      c.append("A", 2, 0, 0, entries.subList(0, 10), 5);
      c.install("A", 2, 10, ofTen);
      c.syncer.kept().get(5, TimeUnit.SECONDS);
    }
    try (BareServer c = open("c")) {
      c.append("A", 2, 10, 2, List.of(), 10);
      await().atMost(LogCluster.PATIENCE).until(() -> c.context.getLastApplied() == 10);
      CompletableFuture<Void> taken = c.take();
      ticking(c, () -> taken.isDone() || c.machine.snapshots() > 0);
      c.append("A", 2, 10, 2, entries.subList(10, 11), 11);
      ticking(c, () -> taken.isDone() && c.context.getLastApplied() == 11);
      assertThat(c.machine.entries()).isEqualTo(texts(11));
    }
  }

  /** Whenever the power goes, the newest name is that of a whole snapshot. */
  @Test
  void oneHasItsNameWhenItIsWholeAndTheOneBeforeGoesWhenTheNameLasts() throws Exception {
    List<List<String>> seen = new ArrayList<>();
    List<byte[]> contents = new ArrayList<>();
    try (BareServer c = open("c")) {
      SyncedSnapshots all =
          new SyncedSnapshots(
              c.storage,
              () -> {
                seen.add(files("c"));
                contents.add(Files.readAllBytes(directory.resolve("c/" + seen.get(0).get(0))));
              },
              new Halt(why -> {}));
      for (long index : new long[] {3, 8}) {
        Snapshot snapshot = all.newSnapshot(index, new WallClockTimestamp());
        try (SnapshotWriter writer = snapshot.openWriter()) {
          writer.write(bytes(500, (int) index));
        }
        assertThat(files("c")).doesNotContain("ssyncd-" + index + ".snapshot");
        snapshot.complete();
      }
      assertThat(seen)
          .containsExactly(
              List.of("ssyncd-3.snapshot"), List.of("ssyncd-3.snapshot", "ssyncd-8.snapshot"));
      assertThat(contents.get(0)).hasSizeGreaterThan(500).contains(bytes(500, 3));
      assertThat(files("c")).containsExactly("ssyncd-8.snapshot");
      // Nor is it remembered.
      assertThat(all.getSnapshot(3)).isNull();
      assertThat(all.getSnapshot(8)).isSameAs(all.getCurrentSnapshot());
    }
  }

  /** Atomix went on with what it had of one that it was sent, and took its last part twice. */
  @Test
  void oneThatCannotBeWrittenToItsEndHaltsTheMember() throws Exception {
    try (BareServer c = open("c")) {
      Halt halt = new Halt(why -> {});
      SyncedSnapshots all = new SyncedSnapshots(c.storage, () -> {}, halt);
      SnapshotWriter writer = all.newSnapshot(3, new WallClockTimestamp()).openWriter();
      writer.write(bytes(500, 3));
      writer.buffer().close(); // so that it cannot be synced
      assertThatExceptionOfType(Halt.HaltedError.class).isThrownBy(writer::close);
      assertThat(halt.reason()).contains("the snapshot at index 3 could not be kept");
    }
  }

  @Test
  void oneThatCannotBeBegunHaltsTheMember() throws Exception {
    try (BareServer c = open("c")) {
      Halt halt = new Halt(why -> {});
      SyncedSnapshots all = new SyncedSnapshots(c.storage, () -> {}, halt);
      Snapshot snapshot = all.newSnapshot(3, new WallClockTimestamp());
      Files.createDirectory(directory.resolve("c/ssyncd-3.snapshot.new-1"));
      assertThatExceptionOfType(Halt.HaltedError.class).isThrownBy(snapshot::openWriter);
      assertThat(halt.reason()).contains("the snapshot at index 3 could not be kept");
    }
  }

  @Test
  void whatWasNotFinishedIsGoneAfterAStart() throws Exception {
    try (BareServer c = open("c")) {
      Snapshot unused = write(c, 7, bytes(100, 1));
      assertThat(files("c")).hasSize(1);
    }
    try (BareServer c = open("c")) {
      assertThat(files("c")).isEmpty();
      assertThat(c.context.getSnapshotStore().getCurrentSnapshot()).isNull();
    }
  }

  private static void ticking(BareServer server, BooleanSupplier until) {
    await()
        .atMost(LogCluster.PATIENCE)
        .until(
            () -> {
              server.tick();
              return until.getAsBoolean();
            });
  }
}
