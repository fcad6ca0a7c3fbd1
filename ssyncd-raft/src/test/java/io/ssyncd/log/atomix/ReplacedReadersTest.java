package io.ssyncd.log.atomix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ssyncd.log.LogCluster;
import io.ssyncd.log.LogCluster.Node;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplacedReadersTest {
  private static final int REIGNS = 12;

  @TempDir Path directory;

  /**
   * Two files more with each election, in a cluster of three, if nobody closes them. Those of one
   * of two elections within a tick may stay open.
   */
  @Test
  void electionsLeaveNoFilesOpen() throws Exception {
    try (LogCluster cluster =
        new LogCluster(
                directory,
                3,
                config -> new AtomixLog(config, AtomixLogTest.SMALL),
                log -> ((AtomixLog) log).abort())
            .startAll()) {
      cluster.leader().propose("first");
      cluster.awaitEqual();
      long before = openFiles();
      long term = cluster.leader().log().status().term();
      for (int reign = 0; reign < REIGNS; reign++) {
        Node heir = cluster.followers().get(0);
        // May be refused while the last one is not over; a few are enough.
        var unused = heir.log().transfer(heir.name()).handle((led, error) -> true).get();
        cluster.awaitEqual();
      }
      assertThat(cluster.leader().log().status().term()).isGreaterThan(term);
      await().atMost(LogCluster.PATIENCE).until(() -> openFiles() < before + REIGNS);
    }
  }

  /** Of the members' logs, by this process. */
  private long openFiles() throws IOException {
    long open = 0;
    try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (Path descriptor : descriptors) {
        try {
          String file = Files.readSymbolicLink(descriptor).toString();
          if (file.startsWith(directory.toRealPath().toString()) && file.endsWith(".log")) {
            open++;
          }
        } catch (IOException e) {
          // Closed meanwhile.
          continue;
        }
      }
    }
    return open;
  }
}
