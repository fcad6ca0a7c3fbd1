package io.ssyncd.log.atomix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ssyncd.log.LogCluster;
import io.ssyncd.log.LogCluster.Node;
import io.ssyncd.log.LogRefusedException;
import io.ssyncd.log.Role;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trap 7: a leader whose disk is full hangs and keeps its leadership. On a real, small disk. */
class DiskSpaceTest {
  private static final int MIB = 1024 * 1024;
  private static final int DISK_MIB = 24;

  @TempDir Path directory;
  private Path small;

  @BeforeEach
  void mount() throws Exception {
    small = Files.createDirectory(directory.resolve("m1"));
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=" + DISK_MIB + "m", "tmpfs", small.toString()),
        "NOT TESTED: a full disk, for a small file system cannot be mounted without root");
  }

  @AfterEach
  void unmount() throws Exception {
    boolean unused = run("umount", "-l", small.toString());
  }

  private static boolean run(String... command) throws Exception {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    return process.exitValue() == 0;
  }

  private LogCluster cluster(long minFreeBytes) throws IOException {
    return new LogCluster(
        directory,
        3,
        config ->
            new AtomixLog(
                config,
                AtomixLogTest.SMALL.withMinFreeBytes(minFreeBytes),
                (from, to) -> true,
                new SegmentDisk(config.directory(), LogFiles.PREFIX)),
        log -> ((AtomixLog) log).abort());
  }

  /** Leaves so much. */
  private Path fillTo(int mebibytes) throws IOException {
    Path filler = small.resolve("filler");
    try (RandomAccessFile file = new RandomAccessFile(filler.toFile(), "rw")) {
      file.seek(file.length());
      byte[] chunk = new byte[4096];
      while (Files.getFileStore(small).getUsableSpace() > mebibytes * (long) MIB) {
        file.write(chunk);
      }
    } catch (IOException e) {
      if (mebibytes > 0) {
        throw e;
      }
    }
    return filler;
  }

  @Test
  void trap7_aLeaderWhoseDiskFillsHandsLeadershipOnAndStops() throws Exception {
    try (LogCluster cluster = cluster(8L * MIB).startAll()) {
      Node full = cluster.node("m1");
      full.log().transfer("m1").get(10, TimeUnit.SECONDS);
      full.propose("one");
      assertThat(full.log().warnings()).isEmpty();

      fillTo(12);
      await().atMost(LogCluster.PATIENCE).until(() -> !full.log().warnings().isEmpty());
      assertThat(full.log().warnings().get(0).text())
          .contains(small.toString())
          .contains("the bound is 8 MiB")
          .contains("cluster.min-free");
      full.propose("two");

      Path filler = fillTo(6);
      await().atMost(LogCluster.PATIENCE).until(() -> full.listener().haltReason() != null);
      assertThat(full.listener().haltReason())
          .contains(small.toString())
          .contains("the bound is 8 MiB")
          .contains("make room");
      await().atMost(LogCluster.PATIENCE).until(() -> full.log().status().role() == Role.INACTIVE);
      cluster.kill("m1");
      cluster.leader().propose("three");

      assertThatExceptionOfType(LogRefusedException.class)
          .isThrownBy(() -> cluster.start("m1"))
          .withMessageContaining(small.toString())
          .withMessageContaining("the bound is 8 MiB");
      Files.delete(filler);
      Node again = cluster.start("m1");
      cluster.awaitEqual();
      assertThat(again.machine().entries()).containsExactly("one", "two", "three");
    }
  }

  /** Atomix writes through a mapping of a file with holes: without space that is a SIGBUS. */
  @Test
  void trap7_aDiskThatIsFullAtOnceHaltsTheMemberNotTheProcess() throws Exception {
    try (LogCluster cluster = cluster(0).startAll()) {
      Node full = cluster.node("m1");
      full.propose("one");
      fillTo(0);
      byte[] large = new byte[100_000];
      await()
          .atMost(LogCluster.PATIENCE)
          .until(
              () -> {
                cluster.node("m2").log().propose(large).get(10, TimeUnit.SECONDS);
                return full.listener().haltReason() != null;
              });
      assertThat(full.listener().haltReason()).contains("could not be written").contains("space");
      Files.delete(small.resolve("filler"));
      cluster.kill("m1");
      cluster.start("m1");
      cluster.awaitEqual();
    }
  }
}
