package io.ssyncd.log.atomix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ssyncd.log.LogCluster;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** Looks at the threads of the whole JVM, so nobody else has any meanwhile. */
@Isolated
class ThreadsOfALogTest {
  @TempDir Path directory;

  @Test
  void noThreadIsLeftBehind() throws Exception {
    try (LogCluster cluster =
        new LogCluster(
                directory,
                3,
                config -> new AtomixLog(config, AtomixLogTest.SMALL),
                log -> ((AtomixLog) log).abort())
            .startAll()) {
      cluster.leader().propose("one");
      cluster.stop(cluster.leader().name());
      cluster.kill(cluster.all().get(0).name());
      cluster.kill(cluster.all().get(0).name());
    }
    await()
        .atMost(LogCluster.PATIENCE)
        .untilAsserted(
            () ->
                assertThat(Thread.getAllStackTraces().keySet())
                    .extracting(Thread::getName)
                    .noneMatch(name -> name.matches("(ssyncd|raft)-.*m[123].*")));
  }
}
