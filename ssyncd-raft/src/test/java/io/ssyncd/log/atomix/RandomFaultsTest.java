package io.ssyncd.log.atomix;

import io.ssyncd.session.Drawn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Random operations and random faults, and the promises of the log looked at after each step. The
 * steps are those of the seed, which a failure names together with the command that does them
 * again; what the members make of them is up to their threads.
 */
@Execution(ExecutionMode.CONCURRENT)
class RandomFaultsTest {
  private static final int KEYS = 60;
  private static final long EVERYDAY = 100;

  @TempDir Path directory;

  private static void run(Path directory, int members, int steps, long seed, String test)
      throws IOException {
    String replay =
        String.format(
            "mvn -B -ntp -pl ssyncd-raft -Dtest=RandomFaultsTest#%s%s -Dssyncd.seed=%d"
                + " -Dssyncd.random.steps=%d test",
            test, test.equals("everyday") ? "" : " -Dssyncd.tests=all", seed, steps);
    try (RandomRun run = new RandomRun(directory, members, Drawn.dense(KEYS, seed), replay)) {
      run.run(steps);
    }
  }

  private static int steps(int usual) {
    return Integer.getInteger("ssyncd.random.steps", usual);
  }

  /** The same steps each day; other seeds by hand, or in the longer runs. */
  @Test
  void everyday() throws Exception {
    run(directory, 3, steps(600), Long.getLong("ssyncd.seed", EVERYDAY), "everyday");
  }

  @Test
  @Tag("long")
  void threeMembersForMinutes() throws Exception {
    run(directory, 3, steps(1500), Drawn.seedOfThisRun(), "threeMembersForMinutes");
  }

  @Test
  @Tag("long")
  void fiveMembersForMinutes() throws Exception {
    run(directory, 5, steps(1500), Drawn.seedOfThisRun(), "fiveMembersForMinutes");
  }

  /**
   * One run after the other, of seeds that follow each other; {@code -Dssyncd.random.minutes=30}.
   */
  @Test
  @Tag("soak")
  void forAsLongAsYouLike() throws Exception {
    long end =
        System.nanoTime() + Duration.ofMinutes(Long.getLong("ssyncd.random.minutes", 30)).toNanos();
    long seed = Drawn.seedOfThisRun();
    for (int round = 0; System.nanoTime() < end; round++) {
      Path here = Files.createDirectory(directory.resolve("round" + round));
      boolean five = round % 3 == 2;
      run(
          here,
          five ? 5 : 3,
          steps(2000),
          seed + round,
          five ? "fiveMembersForMinutes" : "threeMembersForMinutes");
    }
  }
}
