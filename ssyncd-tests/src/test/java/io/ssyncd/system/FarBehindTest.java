package io.ssyncd.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.ssyncd.testkit.Cluster;
import io.ssyncd.testkit.ClusterSpec;
import io.ssyncd.testkit.Member;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A member that was away for longer than the log of the others reaches back: it can be filled by a
 * snapshot alone. The log's files are small here, so that this takes seconds and not a day.
 */
@Tag("long")
@ExtendWith(ShowsLogsOnFailure.class)
class FarBehindTest {
  private static final Logger log = LoggerFactory.getLogger(FarBehindTest.class);
  private static final long SEED = Long.getLong("ssyncd.seed", System.nanoTime());
  private static final String SMALL_FILES =
      "-XX:TieredStopAtLevel=1 -Dssyncd.log.segment-bytes=1048576"
          + " -Dssyncd.log.compact-bytes=4194304";
  private static final int BEFORE = 1_000;
  private static final int AT_ONCE = 5_000;
  private static final int KILLS = 3;

  @TempDir Path dir;
  private final SplittableRandom random = new SplittableRandom(SEED);
  private Cluster cluster;
  private Member leader;
  private Member away;
  private int held;

  @BeforeEach
  void leaveOneBehind() {
    log.info("seed {}", SEED);
    cluster =
        ClusterSpec.in(dir)
            .line("cluster.durability = fsync")
            .environment("SSYNCD_JAVA_OPTS", SMALL_FILES)
            .farm("f1", Farms.LASTING)
            .build();
    leader = cluster.startPounds().start().awaitLeader();
    leader.pound("f1").traffic("before-", BEFORE);
    cluster.awaitSessions("f1", BEFORE);
    held = BEFORE;
    away = cluster.followers().get(0);
    away.kill();
    cluster.awaitThat("the log of the others begins later", this::theOthersLogsBeginLater);
    assertThat(snapshot(away)).as("what it has, it had before").isEmpty();
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  /** Asked for again and again, it makes traffic until so it is. */
  private boolean theOthersLogsBeginLater() {
    leader.pound("f1").traffic("upto-" + held + "-", AT_ONCE);
    held += AT_ONCE;
    cluster.awaitSessions("f1", held);
    return cluster.running().stream()
        .allMatch(one -> snapshot(one).isPresent() && !Files.exists(file(one, "ssyncd-1.log")));
  }

  private static Path file(Member member, String name) {
    try (var files = Files.walk(member.data())) {
      return files
          .filter(file -> file.getFileName().toString().equals(name))
          .findFirst()
          .orElse(member.data().resolve(name));
    } catch (IOException | UncheckedIOException e) {
      // Files come and go meanwhile.
      return member.data().resolve(name);
    }
  }

  /** The index of the newest snapshot among a member's files, whole or not. */
  private static OptionalLong snapshot(Member member) {
    Path log = file(member, "ssyncd.meta").getParent();
    long newest = 0;
    try (DirectoryStream<Path> files = Files.newDirectoryStream(log, "ssyncd-*.snapshot")) {
      for (Path file : files) {
        newest =
            Math.max(newest, Long.parseLong(file.getFileName().toString().replaceAll("\\D", "")));
      }
    } catch (NoSuchFileException e) {
      return OptionalLong.empty(); // it is empty, or only just starts
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return newest == 0 ? OptionalLong.empty() : OptionalLong.of(newest);
  }

  private void isFilled() {
    cluster.awaitSessions("f1", held);
    assertThat(leader.ctl("digest").exit()).isZero();
    assertThat(snapshot(away)).as("it was sent a snapshot").isPresent();
    leader.pound("f1").traffic("after-" + held + "-", 100);
    held += 100;
    cluster.awaitSessions("f1", held);
  }

  @Test
  void itFillsItselfFromASnapshotAndEndsEqual() {
    away.start();
    isFilled();
  }

  @Test
  void itIsKilledWhileASnapshotIsInstalledAndStartsEachTime() {
    for (int kill = 1; kill <= KILLS; kill++) {
      awaitSnapshotSince(System.currentTimeMillis());
      spin(random.nextInt(8));
      away.kill();
      log.info("killed {} with the snapshot at {}", away.name(), snapshot(away));
      away.start();
      isFilled();
      // And once more from the beginning.
      away.kill();
      away.wipe();
    }
  }

  @Test
  void theLeaderIsKilledWhileItSendsASnapshot() {
    awaitSnapshotSince(System.currentTimeMillis());
    leader.kill();
    Member heir = cluster.awaitLeader();
    leader.start();
    leader = heir;
    cluster.awaitSessions("f1", held);
    isFilled();
  }

  /** Starts it and waits until bytes of a snapshot are written; a part from before is dropped. */
  private void awaitSnapshotSince(long beganMs) {
    away.start();
    cluster.awaitThat("a snapshot arrives", () -> growsSince(beganMs));
  }

  private boolean growsSince(long beganMs) {
    try (Stream<Path> files = Files.walk(away.data())) {
      return files
          .filter(file -> file.getFileName().toString().contains(".snapshot"))
          .anyMatch(file -> file.toFile().lastModified() >= beganMs);
    } catch (IOException | UncheckedIOException e) {
      return false; // files come and go, and an emptied directory is there in a moment
    }
  }

  /** Lets some milliseconds pass, so that the kill comes at another point each time. */
  private static void spin(int millis) {
    long end = System.nanoTime() + millis * 1_000_000L;
    while (System.nanoTime() - end < 0) {
      Thread.onSpinWait();
    }
  }
}
