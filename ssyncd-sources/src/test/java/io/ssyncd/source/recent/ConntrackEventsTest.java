package io.ssyncd.source.recent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ssyncd.session.Bytes;
import io.ssyncd.session.RecentKey;
import io.ssyncd.testkit.ClientNetwork;
import io.ssyncd.testkit.NetworkNamespace;
import io.ssyncd.testkit.TableIntake;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConntrackEventsTest {
  private final SourceHealth health = new SourceHealth();
  private final AtomicInteger hints = new AtomicInteger();
  @TempDir private Path dir;
  private ConntrackEvents events = new ConntrackEvents(Conntrack.OFF, health);

  @AfterEach
  void stop() {
    events.stop();
  }

  private void start(String script) throws IOException {
    Path tool = dir.resolve("tool");
    Files.writeString(tool, "#!/bin/sh\n" + script);
    Files.setPosixFilePermissions(tool, PosixFilePermissions.fromString("rwx------"));
    events = new ConntrackEvents(Conntrack.by(tool), health);
    events.start(hints::incrementAndGet);
  }

  private long pid() throws IOException {
    return Long.parseLong(Files.readString(dir.resolve("pid")).strip());
  }

  private void awaitPid() {
    await().until(() -> Files.exists(dir.resolve("pid")) && pid() > 0);
  }

  @Test
  void whateverItSaysIsAHintAndTheToolEndsWithTheSource() throws Exception {
    start("echo \"$@\" > '" + dir + "/args'\necho $$ > '" + dir + "/pid'\necho x\nexec sleep 100");
    await().until(() -> hints.get() == 1);
    awaitPid();
    long tool = pid();

    assertThat(Files.readString(dir.resolve("args"))).isEqualTo("-E -e NEW\n");
    assertThat(events.running()).isTrue();
    events.stop();
    await().until(() -> ProcessHandle.of(tool).isEmpty());
    assertThat(events.running()).isFalse();
    assertThat(events.restarts()).isZero();
  }

  @Test
  void garbageWithoutEndIsReadSlowlyAndNeverKept() throws Exception {
    start("echo $$ > '" + dir + "/pid'\nexec cat /dev/urandom");
    long began = System.nanoTime();
    await().until(() -> hints.get() >= 5);
    awaitPid();
    long read = 0;
    for (String line : Files.readAllLines(Path.of("/proc/" + pid() + "/io"))) {
      read += line.startsWith("wchar: ") ? Long.parseLong(line.substring(7)) : 0;
    }
    long reads = 1 + Duration.ofNanos(System.nanoTime() - began).toMillis() / 20;

    // What is written and not read is in the pipe, 64 KB, and in the write that waits.
    assertThat(read).isLessThanOrEqualTo(reads * ConntrackEvents.READ_BYTES + 256 * 1024);
  }

  @Test
  void aToolThatEndsIsStartedAgainAndItsWordsAreShown() throws Exception {
    start("echo 'Operation not permitted'\nexit 1");

    await().until(() -> events.restarts() >= 2);
    assertThat(health.warnings())
        .singleElement()
        .satisfies(
            warning -> {
              assertThat(warning.code()).isEqualTo("conntrack-failed");
              assertThat(warning.text()).contains("tool").contains("Operation not permitted");
            });
    events.stop();
    await().until(() -> health.warnings().isEmpty());
  }

  /** Each change of leader left a process and a thread that waited for it. */
  @Test
  void aToolThatDoesNotWantToEndIsKilled() throws Exception {
    start("trap '' TERM\necho $$ > '" + dir + "/pid'\nwhile :; do sleep 1; done");
    awaitPid();
    long tool = pid();
    ProcessHandle running = ProcessHandle.of(tool).orElseThrow();

    events.stop();

    await().until(() -> !running.isAlive());
  }

  /** So did a script around the tool: the tool had the pipe, and the script the signal. */
  @Test
  void whatAToolStartedEndsWithIt() throws Exception {
    start("sleep 1000 &\necho $! > '" + dir + "/pid'\nwait");
    awaitPid();
    ProcessHandle child = ProcessHandle.of(pid()).orElseThrow();

    events.stop();

    await().until(() -> !child.isAlive());
  }

  @Test
  void aToolThatEndsWithoutAWordIsShownWithItsExitCode() throws Exception {
    start("sleep 1000 &\nexit 3");

    await().until(() -> !health.warnings().isEmpty());
    assertThat(health.warnings().get(0).text()).contains("exit code 3");
  }

  @Test
  void aToolThatIsNotThereIsNamed() {
    events = new ConntrackEvents(Conntrack.by(dir.resolve("none")), health);
    events.start(hints::incrementAndGet);

    await().until(() -> !health.warnings().isEmpty());
    assertThat(health.warnings().get(0).text()).contains(dir.resolve("none").toString());
  }

  @Test
  void aToolThatEverybodyCanChangeIsNotRun() throws Exception {
    Path tool = dir.resolve("tool");
    Files.writeString(tool, "#!/bin/sh\necho x\n");
    Files.setPosixFilePermissions(tool, PosixFilePermissions.fromString("rwxrwxrwx"));
    events = new ConntrackEvents(Conntrack.by(tool), health);
    events.start(hints::incrementAndGet);

    await().until(() -> !health.warnings().isEmpty());
    assertThat(health.warnings().get(0).text()).contains("can be changed by everybody");
    assertThat(hints.get()).isZero();
  }

  @Test
  void nothingRunsWhereItIsOff() {
    events.start(hints::incrementAndGet);

    assertThat(events.running()).isFalse();
    assertThat(Conntrack.OFF.tool()).isEmpty();
  }

  /** Polling alone would find it after 15 s. */
  @Test
  void aNewClientIsSeenLongBeforeItsTablesTurn() throws Exception {
    assumeTrue(NetworkNamespace.allowed(), "needs root for network namespaces");
    TableIntake intake = new TableIntake();
    try (ClientNetwork network = ClientNetwork.of(2)) {
      network.balancer().recentTable("T", false);
      RecentSource source =
          new RecentSource(
              new KernelTables(
                  RecentConfig.defaults()
                      .withProcDir(network.balancer().recentTables())
                      .withConntrack(Conntrack.by(network.conntrack(dir)))
                      .withInterval(Duration.ofMinutes(1))));
      try {
        source.start(intake);
        // Until the tool listens nobody hears of packets.
        await()
            .until(
                () -> {
                  network.packet(1);
                  return intake.table().get(key(1)) != null;
                });
        network.packet(2);
        await().atMost(Duration.ofSeconds(8)).until(() -> intake.table().get(key(2)) != null);
      } finally {
        source.stop();
      }
    }
  }

  private static RecentKey key(int client) throws IOException {
    byte[] address = InetAddress.getByName(ClientNetwork.client(client)).getAddress();
    return new RecentKey("T", Bytes.of(address));
  }
}
