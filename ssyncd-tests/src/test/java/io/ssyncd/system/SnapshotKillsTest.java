package io.ssyncd.system;

import static java.util.concurrent.CompletableFuture.supplyAsync;
import static org.assertj.core.api.Assertions.assertThat;

import io.ssyncd.testkit.Cluster;
import io.ssyncd.testkit.ClusterSpec;
import io.ssyncd.testkit.Command;
import io.ssyncd.testkit.Member;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code kill -9} of a daemon while {@code ssyncdctl snapshot} saves or restores: a good file is
 * never replaced by a part of one, nor a table by an empty one.
 */
@Tag("long")
@ExtendWith(ShowsLogsOnFailure.class)
class SnapshotKillsTest {
  private static final Logger log = LoggerFactory.getLogger(SnapshotKillsTest.class);
  private static final long SEED = Long.getLong("ssyncd.seed", System.nanoTime());
  private static final int SESSIONS = 50_000;
  private static final int KILLS = 4;

  @TempDir static Path dir;
  private static Cluster cluster;
  private final SplittableRandom random = new SplittableRandom(SEED);

  @BeforeAll
  static void start() {
    log.info("seed {}", SEED);
    cluster =
        ClusterSpec.in(dir).line("cluster.durability = fsync").farm("f1", Farms.LASTING).build();
    Member leader = cluster.startPounds().start().awaitLeader();
    for (int held = 10_000; held <= SESSIONS; held += 10_000) {
      leader.pound("f1").traffic("upto-" + held + "-", 10_000);
      cluster.awaitSessions("f1", held);
    }
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  /** Whether a file is a whole one; a restore of what is held already changes nothing. */
  private static void restores(Path file) {
    Member by = cluster.followers().get(0);
    assertThat(by.ctl("snapshot", "restore", file.toString()).ok().err())
        .contains("restored " + SESSIONS + " HTTP sessions");
    cluster.awaitLeader();
    cluster.awaitSessions("f1", SESSIONS);
  }

  /**
   * Kills a daemon while the command that it carries out runs, soon after something is seen of
   * that, and a little later each time.
   *
   * @return whether the command was broken off
   */
  private boolean killedMeanwhile(Member member, BooleanSupplier begun, String... words) {
    CompletableFuture<Command.Result> command = supplyAsync(() -> member.ctl(words));
    cluster.awaitThat("it begins, or is done", () -> command.isDone() || begun.getAsBoolean());
    long end = System.nanoTime() + random.nextInt(20) * 1_000_000L;
    while (System.nanoTime() - end < 0 && !command.isDone()) {
      Thread.onSpinWait();
    }
    member.kill();
    Command.Result result = command.join();
    log.info("{} killed meanwhile: exit {}: {}", member.name(), result.exit(), result.err());
    return result.exit() != 0;
  }

  private static boolean partOf(Path target) {
    String name = target.getFileName().toString();
    try (Stream<Path> files = Files.list(dir)) {
      return files
          .map(file -> file.getFileName().toString())
          .anyMatch(file -> file.contains(name) && file.endsWith(".part"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aSaveThatIsBrokenOffLeavesTheOldFileOrAWholeNewOne() {
    Path kept = dir.resolve("kept.saved");
    cluster.followers().get(0).ctl("snapshot", "save", kept.toString()).ok();
    int brokenOff = 0;
    for (int kill = 1; kill <= KILLS; kill++) {
      Member by = cluster.followers().get(0);
      Path fresh = dir.resolve("fresh" + kill + ".saved");
      Path target = kill % 2 == 0 ? kept : fresh;
      brokenOff +=
          killedMeanwhile(
                  by, () -> partOf(target), "snapshot", "save", "--force", target.toString())
              ? 1
              : 0;
      by.start();
      cluster.awaitSessions("f1", SESSIONS);
      assertThat(kept).exists();
      if (Files.exists(target)) {
        restores(target);
      }
    }
    assertThat(brokenOff).as("saves that were broken off").isPositive();
  }

  @Test
  void aRestoreThatIsBrokenOffLeavesTheTableAsItWasOrAsItWasSaved() {
    Path file = dir.resolve("restored.saved");
    cluster.followers().get(1).ctl("snapshot", "save", file.toString()).ok();
    int brokenOff = 0;
    for (int kill = 1; kill <= KILLS; kill++) {
      Member by = kill % 2 == 0 ? cluster.awaitLeader() : cluster.followers().get(0);
      Member witness =
          cluster.running().stream().filter(one -> one != by).findFirst().orElseThrow();
      boolean broken =
          killedMeanwhile(
              by,
              () -> witness.warns("restore-unfinished"),
              "snapshot",
              "restore",
              file.toString());
      brokenOff += broken ? 1 : 0;
      by.start();
      Member leader = cluster.awaitLeader();
      cluster.awaitSessions("f1", SESSIONS);
      if (leader.warns("restore-unfinished")) {
        assertThat(broken).isTrue();
        leader.ctl("snapshot", "abandon").ok();
        cluster.awaitThat("it is abandoned", () -> !leader.warns("restore-unfinished"));
      }
      assertThat(leader.ctl("digest").exit()).isZero();
    }
    assertThat(brokenOff).as("restores that were broken off").isPositive();
    restores(file);
  }
}
