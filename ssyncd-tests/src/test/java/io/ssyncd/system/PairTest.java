package io.ssyncd.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.ssyncd.testkit.Command;
import io.ssyncd.testkit.Distribution;
import io.ssyncd.testkit.Host;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pair that flags start, over loopback, and starts that fail. */
class PairTest {
  @TempDir Path dir;

  /** The backup is started first, as at a boot it may be; both are restarted for an update. */
  @Test
  @Tag("long")
  void aPairComesTogetherInAnyOrderAndSurvivesRestarts() throws Exception {
    List<Host> hosts = Host.onLoopback(2);
    String a = hosts.get(0).address();
    String b = hosts.get(1).address();
    try (PairHost master = PairHost.here(dir.resolve("a"));
        PairHost backup = PairHost.here(dir.resolve("b"))) {
      Command.Result early = backup.start("--backup", "-a", a, "--bind", b).ok();
      assertThat(early.err()).contains("waiting for the master at " + a + ":7777");
      assertThat(backup.ctl("show", "mode").ok().out()).isEqualTo("backup\n");
      assertThat(backup.ctl("write", "http").exit()).isEqualTo(75);
      assertThat(backup.ctl("status").exit()).isEqualTo(2);
      assertThat(backup.run("pgrep", "-x", "ssyncd").ok().out().lines())
          .contains(Long.toString(backup.pid()));

      assertThat(master.start("--master", "--bind", a).ok().err()).contains("plain text");

      backup.await("two voters", () -> backup.voters() == 2 && leads(backup).isPresent());
      String cluster = cluster(backup);
      Command.Result second = master.start("--master", "--bind", a);
      assertThat(second.exit()).isEqualTo(78);
      assertThat(second.err()).contains("in use by another daemon");

      // For an update a master is started as a backup of its backup: the cluster stays the same.
      master.ctl("quit").ok();
      master.start("-B", "-a", b).ok();
      master.await("both again", () -> master.voters() == 2 && leads(master).isPresent());
      master.ctl("switch", "master").ok();
      assertThat(master.ctl("show", "mode").ok().out()).isEqualTo("master\n");
      assertThat(cluster(master)).isEqualTo(cluster);
      assertThat(backup.ctl("show", "mode").ok().out()).isEqualTo("backup\n");
    }
  }

  private static java.util.Optional<String> leads(PairHost host) {
    return host.status().map(s -> s.path("leader").asText("")).filter(name -> !name.isEmpty());
  }

  private static String cluster(PairHost host) {
    return host.status().orElseThrow().path("cluster").asText();
  }

  @Test
  void theToolWaitsForADaemonThatWasJustStartedAndForItsLeader() throws Exception {
    try (PairHost host = PairHost.here(dir.resolve("a"))) {
      String start =
          "ssyncd -M --bind %s --data-dir %s >/dev/null 2>&1 & ssyncdctl show mode"
              .formatted(Host.onLoopback(1).get(0).address(), host.data());
      assertThat(host.run("sh", "-c", start).ok().out()).isEqualTo("master\n");
    }
  }

  @Test
  void aStartThatFailsSaysWhyInTheForegroundAndInTheBackground() throws Exception {
    PairHost host = PairHost.here(dir.resolve("a"));
    Command.Result keyless = host.start("-M", "-p", "9999");
    assertThat(keyless.exit()).isEqualTo(78);
    assertThat(keyless.err()).contains("--key-file").contains("--insecure");

    Command.Result usage =
        Command.run(List.of(Distribution.built().ssyncd().toString(), "-p", "9999"));
    assertThat(usage.exit()).isEqualTo(64);
    assertThat(usage.err()).contains("-p goes with -M or -B");

    Path absent = dir.resolve("absent.conf");
    Command.Result file = host.run("ssyncd", "-d", "--config", absent.toString());
    assertThat(file.exit()).isEqualTo(78);
    assertThat(file.err()).contains(absent.toString());
    Files.createDirectories(dir.resolve("a/run/s.sock"));
    Command.Result directory = host.start("-M", "--bind", Host.onLoopback(1).get(0).address());
    assertThat(directory.exit()).isEqualTo(78);
    assertThat(directory.err()).contains("is a directory");
    assertThat(host.output()).contains("is a directory");
  }
}
