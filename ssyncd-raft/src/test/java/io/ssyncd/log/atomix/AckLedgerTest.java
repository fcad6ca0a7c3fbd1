package io.ssyncd.log.atomix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.atomix.protocols.raft.protocol.AppendResponse;
import io.atomix.protocols.raft.storage.log.entry.InitializeEntry;
import io.atomix.protocols.raft.storage.log.entry.RaftLogEntry;
import io.atomix.protocols.raft.storage.snapshot.Snapshot;
import io.atomix.utils.time.WallClockTimestamp;
import io.ssyncd.log.LogRefusedException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Trap 8: a member whose log is shorter than what it acknowledged takes part as if nothing had
 * happened; two of three of them drop what was committed.
 */
class AckLedgerTest {
  private static final Duration NEVER = Duration.ofMinutes(10);

  @TempDir Path directory;

  private static List<RaftLogEntry> entries(long term, int count) {
    List<RaftLogEntry> entries = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      entries.add(new InitializeEntry(term, 1_700_000_000_000L + i));
    }
    return entries;
  }

  private void appended(BareServer c, AppendResponse answer, long lastIndex) throws Exception {
    assertThat(answer.succeeded()).isTrue();
    c.syncer.kept().get(5, TimeUnit.SECONDS);
    assertThat(c.context.getLogWriter().getLastIndex()).isEqualTo(lastIndex);
  }

  private void flip(String file, long at) throws Exception {
    try (RandomAccessFile open = new RandomAccessFile(directory.resolve(file).toFile(), "rw")) {
      open.seek(at);
      int was = open.read();
      open.seek(at);
      open.write(was ^ 1);
    }
  }

  private BareServer open() throws Exception {
    return new BareServer(directory, NEVER);
  }

  @Test
  void trap8_aLogThatIsShorterThanAcknowledgedRefusesToStart() throws Exception {
    try (BareServer c = open()) {
      appended(c, c.append("A", 2, 0, 0, entries(2, 100)), 100);
      assertThat(c.ledgers.acks().index()).isEqualTo(100);
      assertThat(c.ledgers.acks().term()).isEqualTo(2);
    }
    flip("ssyncd-1.log", 600);
    assertThatExceptionOfType(LogRefusedException.class)
        .isThrownBy(this::open)
        .withMessageContaining("acknowledged index 100 of term 2")
        .withMessageContaining(directory.resolve("ssyncd-1.log").toString())
        .withMessageContaining("wrong checksum at byte")
        .withMessageContaining("mv " + directory + " " + directory + ".damaged");
  }

  @Test
  void aTornEndThatNobodyCountsOnIsCutOff() throws Exception {
    long end;
    try (BareServer c = open()) {
      appended(c, c.append("A", 2, 0, 0, entries(2, 100)), 100);
      // Written, not synced: nothing was answered.
      assertThat(c.append("A", 2, 100, 2, entries(2, 10)).lastLogIndex()).isEqualTo(110);
      assertThat(c.ledgers.acks().index()).isEqualTo(100);
      end = new java.io.File(directory.toFile(), "ssyncd-1.log").length();
      assertThat(end).isEqualTo(AtomixTuning.MIN_SEGMENT_BYTES);
    }
    long entryBytes = entryBytes();
    flip("ssyncd-1.log", 64 + 104 * entryBytes + 12);
    try (BareServer c = open()) {
      assertThat(c.context.getLogWriter().getLastIndex()).isEqualTo(104);
      // Entries behind the torn one are whole, and of the same size as those written over it.
      appended(c, c.append("A", 2, 104, 2, entries(2, 1)), 105);
    }
    try (BareServer c = open()) {
      assertThat(c.context.getLogWriter().getLastIndex()).isEqualTo(105);
    }
  }

  private long entryBytes() throws Exception {
    try (RandomAccessFile open =
        new RandomAccessFile(directory.resolve("ssyncd-1.log").toFile(), "r")) {
      open.seek(64);
      return 8L + open.readInt();
    }
  }

  /** A shorter history over a longer one: the old one's end must not come back. */
  @Test
  void entriesThatWereCutOffDoNotComeBack() throws Exception {
    try (BareServer c = open()) {
      appended(c, c.append("A", 2, 0, 0, entries(2, 10)), 10);
      appended(c, c.append("B", 3, 5, 2, entries(3, 1)), 6);
    }
    try (BareServer c = open()) {
      assertThat(c.context.getLogWriter().getLastIndex()).isEqualTo(6);
      assertThat(c.context.getLogWriter().getLastEntry().entry().term()).isEqualTo(3);
    }
  }

  @Test
  void theLedgerIsLoweredBeforeALeaderOfANewerTermCuts() throws Exception {
    try (BareServer c = open()) {
      appended(c, c.append("A", 2, 0, 0, entries(2, 10)), 10);
      assertThat(c.ledgers.acks().index()).isEqualTo(10);
      c.append("B", 3, 5, 2, entries(3, 1));
      // Not synced yet, but cut already.
      assertThat(c.ledgers.acks().index()).isEqualTo(5);
      c.syncer.kept().get(5, TimeUnit.SECONDS);
      assertThat(c.ledgers.acks().index()).isEqualTo(6);
      assertThat(c.ledgers.acks().term()).isEqualTo(3);
    }
    open().close();
  }

  /** A member that follows from a snapshot on begins its log there. */
  @Test
  void aLogMayBeginAfterASnapshot() throws Exception {
    try (BareServer c = open()) {
      appended(c, c.append("A", 2, 0, 0, entries(2, 10)), 10);
      Snapshot snapshot = c.context.getSnapshotStore().newSnapshot(5_000, new WallClockTimestamp());
      snapshot.openWriter().close();
      snapshot.complete();
      appended(c, c.append("A", 2, 5_000, 0, entries(2, 3)), 5_003);
      assertThat(c.ledgers.acks().index()).isEqualTo(5_003);
    }
    try (BareServer c = open()) {
      assertThat(c.context.getLogWriter().getLastIndex()).isEqualTo(5_003);
    }
  }

  /** Its files are deleted before the new one is on the disk. */
  @Test
  void aMemberStartsWithItsSnapshotWhenThePowerGoesWhileItsLogIsBegunAnew() throws Exception {
    try (BareServer c = open()) {
      appended(c, c.append("A", 2, 0, 0, entries(2, 10)), 10);
      complete(c, 5_000);
      assertThat(c.append("A", 2, 5_000, 0, entries(2, 3)).succeeded()).isTrue();
    }
    Path log = directory.resolve("ssyncd-1.log");
    Files.write(log, new byte[(int) Files.size(log)]);
    try (BareServer c = open()) {
      assertThat(c.context.getLogWriter().getLastIndex()).isZero();
      assertThat(c.context.getSnapshotStore().getCurrentSnapshot().index()).isEqualTo(5_000);
      // And leads nobody, nor helps anybody to lead, who lacks what it was sent.
      Standing standing =
          new Standing(
              c.context,
              new Configurations(c.config, c.context),
              new Amnesia(c.config),
              () -> false);
      assertThat(standing.onServer(standing::mayStand).get(5, TimeUnit.SECONDS)).isFalse();
      assertThat(standing.mayVote(new LastEntry(2, 4_999)).get(5, TimeUnit.SECONDS)).isFalse();
      assertThat(standing.mayVote(new LastEntry(2, 5_000)).get(5, TimeUnit.SECONDS)).isTrue();
    }
  }

  private static void complete(BareServer c, long index) {
    Snapshot snapshot = c.context.getSnapshotStore().newSnapshot(index, new WallClockTimestamp());
    snapshot.openWriter().close();
    snapshot.complete();
  }

  /**
   * The disk writes parts of a file in any order: the new entry is there, and of the end behind it
   * nothing, so that old entries follow it, of an older term, as the ones after it.
   */
  @Test
  void entriesThatWereCutOffDoNotComeBackBehindNewOnesWhenThePowerGoes() throws Exception {
    Path log = directory.resolve("ssyncd-1.log");
    AtomicReference<byte[]> synced = new AtomicReference<>(new byte[0]);
    byte[] written;
    try (BareServer c =
        new BareServer(directory, NEVER, () -> synced.set(Files.readAllBytes(log)))) {
      appended(c, c.append("A", 2, 0, 0, entries(2, 10)), 10);
      assertThat(c.append("B", 3, 5, 2, entries(3, 1)).succeeded()).isTrue();
      written = Files.readAllBytes(log);
    }
    int entryBytes = (int) entryBytes();
    byte[] left = synced.get();
    System.arraycopy(written, 0, left, 0, 64 + 6 * entryBytes);
    Files.write(log, left);
    try (BareServer c = open()) {
      assertThat(c.context.getLogWriter().getLastIndex()).isEqualTo(6);
    }
  }

  /** A snapshot has replaced files, and the disk has dropped the second one only. */
  @Test
  void aFileThatWasDroppedMayComeBack() throws Exception {
    Path first = directory.resolve("ssyncd-1.log");
    byte[] content;
    try (BareServer c = open()) {
      for (int round = 0; round < 80; round++) {
        long before = round * 2_000L;
        c.append("A", 2, before, before == 0 ? 0 : 2, entries(2, 2_000));
      }
      appended(c, c.append("A", 2, 160_000, 2, entries(2, 1)), 160_001);
      assertThat(directory.resolve("ssyncd-3.log")).exists();
      content = Files.readAllBytes(first);
      complete(c, 160_001);
      new ServerThread(c.context)
          .run(() -> c.context.getLog().compact(160_001), Duration.ofSeconds(10));
      assertThat(first).doesNotExist();
      assertThat(directory.resolve("ssyncd-2.log")).doesNotExist();
    }
    Files.write(first, content);
    try (BareServer c = open()) {
      assertThat(first).doesNotExist();
      assertThat(c.context.getLogWriter().getLastIndex()).isEqualTo(160_001);
    }
  }

  @Test
  void whatIsCommittedIsNotDroppedWhenALeaderSendsItsWholeLog() throws Exception {
    try (BareServer c = open()) {
      String file = "ssyncd-1.log";
      appended(c, c.append("A", 2, 0, 0, entries(2, 5)), 5);
      Snapshot snapshot = c.context.getSnapshotStore().newSnapshot(5, new WallClockTimestamp());
      snapshot.openWriter().close();
      snapshot.complete();
      // The log begins at 6 on both.
      appended(c, c.append("A", 2, 5, 0, entries(2, 10)), 15);
      appended(c, c.append("A", 2, 15, 2, entries(2, 1), 12), 16);
      appended(c, c.append("B", 3, 7, 0, entries(2, 1)), 16);
      assertThat(c.ledgers.acks().index()).isEqualTo(16);
      assertThat(directory.resolve(file)).exists();
    }
  }

  @Test
  void filesAreFilledOneAfterTheOther() throws Exception {
    int perRound = 2_000;
    try (BareServer c = open()) {
      for (int round = 0; round < 30; round++) {
        long before = (long) round * perRound;
        c.append("A", 2, before, before == 0 ? 0 : 2, entries(2, perRound));
      }
      appended(c, c.append("A", 2, 30L * perRound, 2, entries(2, 1)), 30L * perRound + 1);
      assertThat(directory.resolve("ssyncd-2.log")).exists();
      // Cuts away the newest file.
      appended(c, c.append("B", 3, 100, 2, entries(3, 1)), 101);
      assertThat(directory.resolve("ssyncd-2.log")).doesNotExist();
    }
    try (BareServer c = open()) {
      assertThat(c.context.getLogWriter().getLastIndex()).isEqualTo(101);
    }
  }
}
