package io.ssyncd.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ssyncd.testkit.Cluster;
import io.ssyncd.testkit.ClusterSpec;
import io.ssyncd.testkit.Member;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A real daemon on a small disk that fills: it warns, stops in good order, and says why. */
@ExtendWith(ShowsLogsOnFailure.class)
class FullDiskTest {
  private static final int CONFIGURATION = 78;
  private static final int DISK_MIB = 160;
  private static final int BOUND_MIB = 40;

  @TempDir Path dir;
  private Path data;

  @AfterEach
  void unmount() throws Exception {
    if (data != null) {
      boolean unused = run("umount", "-l", data.toString());
    }
  }

  @Test
  void aDaemonWhoseDiskFillsStopsBeforeItIsFull() throws Exception {
    ClusterSpec spec = ClusterSpec.in(dir).members("lb1");
    try (Cluster cluster = spec.line("cluster.min-free = " + BOUND_MIB + " MiB").build()) {
      Member member = cluster.members().get(0);
      data = Files.createDirectories(member.data());
      assumeTrue(
          run("mount", "-t", "tmpfs", "-o", "size=" + DISK_MIB + "m", "tmpfs", data.toString()),
          "NOT TESTED: a full disk, for a small file system cannot be mounted without root");
      cluster.start().awaitLeader();

      fillTo(BOUND_MIB * 3 / 2);
      cluster.awaitThat("a warning", () -> member.ctl("status").out().contains("disk-low"));

      Path filler = fillTo(BOUND_MIB / 2);
      assertThat(member.daemon().awaitExit()).isNotZero();
      assertThat(member.output())
          .contains("the disk of " + data)
          .contains("the bound is " + BOUND_MIB + " MiB");

      assertThat(member.start().daemon().awaitExit()).isEqualTo(CONFIGURATION);
      Files.delete(filler);
      member.start();
      cluster.awaitLeader();
    }
  }

  private Path fillTo(int mebibytes) throws IOException {
    Path filler = data.resolve("filler");
    try (RandomAccessFile file = new RandomAccessFile(filler.toFile(), "rw")) {
      file.seek(file.length());
      byte[] chunk = new byte[256 * 1024];
      while (Files.getFileStore(data).getUsableSpace() > mebibytes * 1024L * 1024L) {
        file.write(chunk);
      }
    }
    return filler;
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
}
