package io.ssyncd.source.pound;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class PeerProcessTest {
  @Test
  void aProcessIsItselfAndNoOther() throws Exception {
    ProcessHandle self = ProcessHandle.current();
    PeerProcess first = PeerProcess.running(self.pid()).orElseThrow();
    assertThat(PeerProcess.running(self.pid())).contains(first);
    Process child = new ProcessBuilder("cat").start();
    PeerProcess other = PeerProcess.running(child.pid()).orElseThrow();
    assertThat(other).isNotEqualTo(first);
    child.destroyForcibly().waitFor();
    assertThat(PeerProcess.running(child.pid())).isEmpty();
    assertThat(other.configuredAtMs()).isEmpty();
  }

  @Test
  void aProcessHasReadItsConfigurationWhenItStarted() {
    ProcessHandle self = ProcessHandle.current();
    Instant start = self.info().startInstant().orElseThrow();
    long configured = PeerProcess.running(self.pid()).orElseThrow().configuredAtMs().orElseThrow();
    // The JDK takes the boot time in whole seconds.
    assertThat(configured).isBetween(start.toEpochMilli() - 1100, start.toEpochMilli() + 1100);
  }

  @Test
  void aForkedWorkerKnowsWhatItsMonitorHadRead() throws IOException, InterruptedException {
    // A shell that forks itself: same name, same command line, another start.
    Process monitor =
        new ProcessBuilder("sh", "-c", "read x; ( echo $$; read y; exit 0 ) ; exit 0")
            .redirectErrorStream(true)
            .start();
    try {
      PeerProcess parent = PeerProcess.running(monitor.pid()).orElseThrow();
      org.awaitility.Awaitility.await()
          .until(() -> System.currentTimeMillis() - parent.configuredAtMs().orElseThrow() > 100);
      monitor.getOutputStream().write('\n');
      monitor.getOutputStream().flush();
      assertThat(monitor.getInputStream().read()).isPositive();
      ProcessHandle fork = monitor.children().findFirst().orElseThrow();
      PeerProcess worker = PeerProcess.running(fork.pid()).orElseThrow();
      assertThat(worker.startTicks()).isGreaterThan(parent.startTicks());
      assertThat(worker.configuredAtMs().orElseThrow())
          .isBetween(
              parent.configuredAtMs().orElseThrow() - 50,
              parent.configuredAtMs().orElseThrow() + 50);
    } finally {
      monitor.destroyForcibly().waitFor();
    }
  }
}
