package io.ssyncd.log.atomix.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.ssyncd.log.LogRefusedException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is noted is there again; what is damaged is found. */
class LedgersTest {
  @TempDir Path directory;

  private Path votes() {
    return directory.resolve(VoteLedger.FILE);
  }

  @Test
  void oneVoteATermAlsoAfterAReopening() throws Exception {
    try (VoteLedger votes = VoteLedger.open(directory)) {
      assertThat(votes.vote(0)).isNull();
      assertThat(votes.cast(3, "lb1")).isTrue();
      assertThat(votes.cast(3, "lb1")).isTrue();
      assertThat(votes.cast(3, "lb2")).isFalse();
      assertThat(votes.cast(2, "lb2")).isFalse();
    }
    try (VoteLedger votes = VoteLedger.open(directory)) {
      assertThat(votes.vote(3)).isEqualTo("lb1");
      assertThat(votes.vote(2)).isNull();
      assertThat(votes.cast(3, "lb2")).isFalse();
      assertThat(votes.cast(4, "lb2")).isTrue();
      assertThat(votes.term()).isEqualTo(4);
    }
  }

  /** Each vote is in both slots: whatever becomes of one, no vote is forgotten. */
  @Test
  void damageToOneSlotForgetsNoVote() throws Exception {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int slot = 0; slot < 2; slot++) {
      for (int round = 0; round < 20; round++) {
        Files.deleteIfExists(votes());
        try (VoteLedger votes = VoteLedger.open(directory)) {
          votes.cast(3, "lb1");
          votes.cast(5, "lb2");
        }
        damage(slot, random);
        try (VoteLedger votes = VoteLedger.open(directory)) {
          assertThat(votes.vote(5)).as("seed %d", seed).isEqualTo("lb2");
        }
      }
    }
  }

  @Test
  void damageToBothSlotsIsRefusedWithTheFileAndTheWayOut() throws Exception {
    try (VoteLedger votes = VoteLedger.open(directory)) {
      votes.cast(3, "lb1");
    }
    Random random = new Random(1);
    damage(0, random);
    damage(1, random);
    refused();
  }

  @Test
  void aLedgerThatIsEmptyCutOrOverwrittenIsRefused() throws Exception {
    byte[] noise = new byte[2 * SlotFile.SLOT_BYTES];
    new Random(2).nextBytes(noise);
    for (byte[] content : new byte[][] {new byte[0], new byte[5], new byte[8192], noise}) {
      Files.write(votes(), content);
      refused();
    }
  }

  private void refused() {
    assertThatExceptionOfType(LogRefusedException.class)
        .isThrownBy(() -> Ledgers.open(directory))
        .withMessageContaining(votes().toString())
        .withMessageContaining("mv " + directory + " " + directory + ".damaged");
  }

  @Test
  void aLedgerThatIsMissingBesideALogIsRefused() throws Exception {
    Ledgers.open(directory).close();
    Files.createFile(directory.resolve("ssyncd-1.log"));
    Ledgers.open(directory).close();
    Files.delete(votes());
    refused();
  }

  @Test
  void aFileThatWasLeftHalfMadeIsMadeAnew() throws Exception {
    Files.write(directory.resolve("votes.next"), new byte[100_000]);
    try (VoteLedger votes = VoteLedger.open(directory)) {
      assertThat(votes.cast(1, "lb1")).isTrue();
    }
    assertThat(Files.size(votes())).isEqualTo(2 * SlotFile.SLOT_BYTES);
  }

  @Test
  void recordsAreReplacedInTurn() throws Exception {
    Path path = directory.resolve("slots");
    try (SlotFile file = SlotFile.open(path, new byte[] {0})) {
      for (int i = 1; i <= 100; i++) {
        file.write(new byte[] {(byte) i, 7}, i % 3 == 0);
        try (SlotFile again = SlotFile.open(path, new byte[0])) {
          assertThat(again.record()).containsExactly(i, 7);
        }
      }
      byte[] largest = new byte[SlotFile.MAX_BYTES];
      Arrays.fill(largest, (byte) 9);
      file.write(largest, true);
    }
    try (SlotFile again = SlotFile.open(path, new byte[0])) {
      assertThat(again.record()).hasSize(SlotFile.MAX_BYTES);
    }
  }

  /** Flips a bit within the record. */
  private void damage(int slot, Random random) throws Exception {
    try (FileChannel channel =
        FileChannel.open(votes(), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      long at = slot * (long) SlotFile.SLOT_BYTES + random.nextInt(20);
      ByteBuffer one = ByteBuffer.allocate(1);
      channel.read(one, at);
      one.put(0, (byte) (one.get(0) ^ (1 << random.nextInt(8)))).rewind();
      channel.write(one, at);
    }
  }
}
