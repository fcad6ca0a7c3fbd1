package io.ssyncd.log.atomix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.ssyncd.log.Durability;
import io.ssyncd.log.LogCluster;
import io.ssyncd.log.LogConfig;
import io.ssyncd.log.LogRefusedException;
import io.ssyncd.log.RecordingListener;
import io.ssyncd.log.RecordingMachine;
import io.ssyncd.session.Drawn;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Trap 8, file by file: whatever becomes of a file while the member is down, it either starts with
 * everything it had, or refuses with that file's name and the way out. Atomix takes an empty or
 * shorter log for the truth, or fails with an exception that names nothing.
 */
class DamagedFilesTest {
  private static final int ENTRIES = 30;

  @TempDir Path directory;
  private Path pristine;
  private LogConfig config;

  /** A member alone, with a snapshot and entries after it. */
  @BeforeEach
  void fill() throws Exception {
    LogConfig shape = new LogCluster(directory, 1, unused -> null, unused -> {}).config("m1");
    pristine = directory.resolve("pristine");
    config = at(shape, pristine);
    try (AtomixLog log = new AtomixLog(config, AtomixLogTest.SMALL)) {
      log.start(new RecordingMachine(), new RecordingListener());
      byte[] large = new byte[100_000];
      for (int i = 0; i < ENTRIES; i++) {
        log.propose(large).get(20, TimeUnit.SECONDS);
        if (i == ENTRIES / 2) {
          log.snapshot().get(20, TimeUnit.SECONDS);
        }
      }
    }
    assertThat(names(pristine))
        .contains("votes", "acknowledged", "ssyncd.meta", "ssyncd.conf")
        .anyMatch(name -> name.endsWith(".snapshot"))
        .filteredOn(name -> name.endsWith(".log"))
        .hasSizeGreaterThan(1)
        .doesNotContain("ssyncd-1.log");
  }

  private static LogConfig at(LogConfig config, Path where) {
    return new LogConfig(
        config.member(),
        where,
        config.cluster(),
        config.members(),
        Duration.ofMillis(100), // nobody else is waited for
        Duration.ofMillis(20),
        Durability.FSYNC);
  }

  private static List<String> names(Path where) throws IOException {
    try (var files = Files.list(where)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private interface Damage {
    byte[] to(byte[] content, Random random);
  }

  private static byte[] flip(byte[] content, Random random, int within) {
    byte[] flipped = content.clone();
    flipped[random.nextInt(Math.min(within, content.length))] ^= (byte) (1 << random.nextInt(8));
    return flipped;
  }

  private static byte[] random(byte[] content, Random random) {
    byte[] noise = new byte[Math.min(content.length, 100_000)];
    random.nextBytes(noise);
    return noise;
  }

  private Path copy(int number) throws IOException {
    Path copy = Files.createDirectory(directory.resolve("copy" + number));
    try (DirectoryStream<Path> files = Files.newDirectoryStream(pristine)) {
      for (Path file : files) {
        Files.copy(file, copy.resolve(file.getFileName()));
      }
    }
    return copy;
  }

  /** True if it refused. */
  private boolean startsOrSays(Path where, String file) throws Exception {
    RecordingMachine machine = new RecordingMachine();
    RecordingListener listener = new RecordingListener();
    AtomixLog log = new AtomixLog(at(config, where), AtomixLogTest.SMALL);
    try {
      log.start(machine, listener);
      Awaitility.await()
          .atMost(LogCluster.PATIENCE)
          .until(() -> machine.size() == ENTRIES || listener.haltReason() != null);
      assertThat(listener.haltReason()).isNull();
      return false;
    } catch (LogRefusedException e) {
      assertThat(e.getMessage()).contains(where.toString()).contains("mv " + where);
      // One whose mark of completeness was hit is dropped as never finished, and then missed.
      String named = file.endsWith(".snapshot") ? "snapshot" : file;
      if (!file.endsWith(".log")) {
        assertThat(e.getMessage()).contains(named);
      }
      return true;
    } finally {
      log.abort();
    }
  }

  @Test
  void trap8_aMemberStartsWithEverythingOrSaysWhichFileIsDamaged() throws Exception {
    long seed = Drawn.seedOfThisRun();
    Random random = new Random(seed);
    List<Damage> whole =
        List.of(
            (content, r) -> new byte[0],
            (content, r) -> Arrays.copyOf(content, r.nextInt(content.length)),
            (content, r) -> new byte[content.length],
            DamagedFilesTest::random);
    int number = 0;
    for (String file : names(pristine)) {
      if (file.endsWith(".lock")) {
        continue;
      }
      for (Damage damage : whole) {
        Path where = copy(number++);
        Path target = where.resolve(file);
        Files.write(target, damage.to(Files.readAllBytes(target), random));
        boolean refused = startsOrSays(where, file);
        // A cut may take away nothing but unused bytes.
        assertThat(refused || damage == whole.get(1) || !file.matches("votes|.*meta"))
            .as("seed %d, %s, damage %d", seed, file, whole.indexOf(damage))
            .isTrue();
      }
    }
  }

  @Test
  void trap8_aFlippedBitIsFoundOrHarmless() throws Exception {
    long seed = Drawn.seedOfThisRun();
    Random random = new Random(seed);
    int number = 0;
    for (String file : names(pristine)) {
      if (file.endsWith(".lock")) {
        continue;
      }
      for (int within : new int[] {20, 20, 64, 50_000}) {
        Path where = copy(number++);
        Path target = where.resolve(file);
        Files.write(target, flip(Files.readAllBytes(target), random, within));
        boolean unused = startsOrSays(where, file);
      }
    }
  }

  @Test
  void aFileThatIsGoneIsMissed() throws Exception {
    int number = 0;
    for (String file : names(pristine)) {
      // The ledgers know what .meta said, the log and its snapshot who the members are.
      if (file.endsWith(".lock") || file.matches(".*meta|.*conf|configuration|members")) {
        continue;
      }
      Path where = copy(number++);
      Files.delete(where.resolve(file));
      assertThat(startsOrSays(where, file.endsWith("t") ? "" : file)).as(file).isTrue();
    }
  }

  /** Any bit of a name, an address, a type: none of them shows in the shape of the file. */
  @Test
  void whoTheMembersAreIsBehindAChecksum() throws Exception {
    byte[] right = Files.readAllBytes(pristine.resolve("ssyncd.conf"));
    int used = 5 + ByteBuffer.wrap(right).getInt(1);
    Random random = new Random(Drawn.seedOfThisRun());
    for (int number = 0; number < 8; number++) {
      Path where = copy(number);
      byte[] wrong = flip(right, random, used);
      Files.write(where.resolve("ssyncd.conf"), wrong);
      ConfigurationFile.check(where);
      assertThat(Arrays.copyOf(Files.readAllBytes(where.resolve("ssyncd.conf")), used))
          .isEqualTo(Arrays.copyOf(right, used));
    }
  }

  @Test
  void aDirectoryOfAnEarlierReleaseGetsItsCopyOfWhoTheMembersAre() throws Exception {
    Path where = copy(0);
    byte[] copy = Files.readAllBytes(where.resolve("configuration"));
    Files.delete(where.resolve("configuration"));
    assertThat(startsOrSays(where, "configuration")).isFalse();
    assertThat(where.resolve("configuration")).hasBinaryContent(copy);
  }

  /** It was an exception that said neither what to do nor that the start was refused. */
  @Test
  void aCopyOfWhoTheMembersAreThatCannotBeWrittenIsNamed() throws Exception {
    Path where = copy(0);
    Files.delete(where.resolve("configuration"));
    Files.createDirectory(where.resolve("configuration.new"));
    assertThatExceptionOfType(LogRefusedException.class)
        .isThrownBy(() -> ConfigurationFile.check(where))
        .withMessageContaining(where.resolve("configuration") + " cannot be written");
  }

  @Test
  void whoTheMembersAreIsNotGuessedWhenBothFilesAreDamaged() throws Exception {
    Path where = copy(0);
    Files.write(where.resolve("configuration"), new byte[9]);
    Files.write(where.resolve("ssyncd.conf"), new byte[9]);
    assertThat(startsOrSays(where, "ssyncd.conf")).isTrue();
  }

  /** The log still begins where it began: what the snapshot held is there as well. */
  @Test
  void aDamagedSnapshotIsDoneWithoutWhileTheLogHoldsWhatItHeld() throws Exception {
    Path where = directory.resolve("short");
    try (AtomixLog log = new AtomixLog(at(config, where), AtomixLogTest.SMALL)) {
      log.start(new RecordingMachine(), new RecordingListener());
      for (int i = 0; i < ENTRIES; i++) {
        log.propose(new byte[] {'x'}).get(20, TimeUnit.SECONDS);
      }
      log.snapshot().get(20, TimeUnit.SECONDS);
    }
    List<String> snapshots =
        names(where).stream().filter(name -> name.endsWith(".snapshot")).toList();
    assertThat(snapshots).hasSize(1);
    Path snapshot = where.resolve(snapshots.get(0));
    byte[] content = Files.readAllBytes(snapshot);
    content[300] ^= 1;
    Files.write(snapshot, content);
    assertThat(startsOrSays(where, snapshots.get(0))).isFalse();
    assertThat(snapshot).doesNotExist();
    assertThat(where.resolve(snapshots.get(0) + ".damaged")).hasBinaryContent(content);
  }

  /** A file that was made when the power went, and nothing in it. */
  @Test
  void aNewFileWithNothingInItIsDropped() throws Exception {
    Path where = copy(0);
    Files.write(where.resolve("ssyncd-9.log"), new byte[AtomixTuning.MIN_SEGMENT_BYTES]);
    assertThat(startsOrSays(where, "")).isFalse();
    assertThat(where.resolve("ssyncd-9.log")).doesNotExist();
  }

  @Test
  void whatTheMessageSaysHelps() throws Exception {
    Path where = copy(0);
    Path meta = where.resolve("ssyncd.meta");
    Files.write(meta, new byte[16]);
    assertThatExceptionOfType(LogRefusedException.class)
        .isThrownBy(
            () ->
                new AtomixLog(at(config, where), AtomixLogTest.SMALL)
                    .start(new RecordingMachine(), new RecordingListener()))
        .withMessageContaining("`mv " + meta + " " + meta + ".damaged`");
    Files.move(meta, where.resolve("ssyncd.meta.damaged"));
    assertThat(startsOrSays(where, "")).isFalse();
  }
}
