package io.ssyncd.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.ssyncd.testkit.Cluster;
import io.ssyncd.testkit.ClusterSpec;
import io.ssyncd.testkit.Command;
import io.ssyncd.testkit.DaemonProcess;
import io.ssyncd.testkit.Distribution;
import io.ssyncd.testkit.Member;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What a daemon does not start with: exit code 78 (75 if it may pass), and a message. */
@ExtendWith(ShowsLogsOnFailure.class)
class RefusedStartTest {
  private static final int CONFIGURATION = 78;
  private static final int TRY_AGAIN = 75;

  @TempDir Path dir;

  @Test
  void anUnknownKeyIsNamedWithFileAndLine() throws IOException {
    Member member = one(spec().line("http.soket-dir = /tmp"));

    assertThat(exitOf(member)).isEqualTo(CONFIGURATION);
    assertThat(member.output())
        .contains(member.config() + ":" + lineOf(member, "soket-dir"))
        .contains("ssyncd.http.soket-dir is unknown; did you mean socket-dir?");
  }

  @Test
  void checkNamesTheSameAndStartsNothing() throws IOException {
    Member member = one(spec().line("nodes = lb1").line("cluster.heartbeat = soon"));

    Command.Result check =
        Command.run(
            List.of(
                Distribution.built().ssyncd().toString(),
                "--check",
                "--config",
                member.config().toString()));

    assertThat(check.exit()).isEqualTo(CONFIGURATION);
    assertThat(check.err())
        .contains(member.config() + ":" + lineOf(member, "nodes ") + ": ssyncd.nodes is unknown")
        .contains(member.config() + ":" + lineOf(member, "= soon") + ": ssyncd.cluster.heartbeat");
    assertThat(member.data()).doesNotExist();
  }

  @Test
  void anAddressBeyondLoopbackWithoutAWordOnTlsIsRefused() {
    Member member = one(spec());
    member.reconfigure("tls { enabled = false }", "");
    member.reconfigure(member.host().address(), "192.0.2.1");

    assertThat(exitOf(member)).isEqualTo(CONFIGURATION);
    assertThat(member.output()).contains("ssyncd.cluster.tls is missing");
  }

  @Test
  void anAddressThatThisHostDoesNotHaveYetIsNoFaultOfTheConfiguration() {
    for (String host : List.of("192.0.2.1", "no-such-host.invalid")) {
      Member member = one(spec());
      member.reconfigure(member.host().address(), host);

      assertThat(exitOf(member)).isEqualTo(TRY_AGAIN);
      assertThat(member.output()).contains("cannot listen on " + host);
    }
  }

  @Test
  void aControlSocketThatIsADirectoryIsNamed() throws IOException {
    Member member = one(spec());
    Files.createDirectories(member.control());

    assertThat(exitOf(member)).isEqualTo(CONFIGURATION);
    assertThat(member.output()).contains("control socket " + member.control() + " is a directory");
  }

  @Test
  void aDataDirectoryThatIsAFileIsNamed() throws IOException {
    Member member = one(spec());
    Files.writeString(member.data(), "not a directory");

    assertThat(exitOf(member)).isEqualTo(CONFIGURATION);
    assertThat(member.output()).contains(member.data().toString());
    assertThat(member.data()).hasContent("not a directory");
  }

  @Test
  void aSecondDaemonOnADataDirectoryIsRefusedAndTheFirstGoesOn() throws IOException {
    try (Cluster cluster = spec().build()) {
      Member first = cluster.start().awaitLeader();
      Path copy = dir.resolve("second.conf");
      Files.writeString(
          copy,
          Files.readString(first.config())
              .replace(first.control().toString(), dir.resolve("second.sock").toString()));

      int exit = exitOf(copy, dir.resolve("second.log"));

      assertThat(exit).isEqualTo(CONFIGURATION);
      assertThat(dir.resolve("second.log")).content().contains(first.data().toString());
      assertThat(first.ctl("status").exit()).isZero();
    }
  }

  @Test
  void defect10_aFarmNameThatOverrunsPoundsMemoryIsRefused() {
    Member member = one(spec().line("http.farms." + "f".repeat(200) + " {}"));

    assertThat(exitOf(member)).isEqualTo(CONFIGURATION);
    assertThat(member.output()).contains("a farm name has 1 to 26 bytes, not 200");
  }

  private ClusterSpec spec() {
    return ClusterSpec.in(dir).members("lb1");
  }

  private static Member one(ClusterSpec spec) {
    try (Cluster cluster = spec.build()) {
      return cluster.members().get(0);
    }
  }

  private static int exitOf(Member member) {
    try (member) {
      return member.start().daemon().awaitExit();
    }
  }

  private static int exitOf(Path config, Path log) {
    try (DaemonProcess daemon = DaemonProcess.start(List.of(), config, Map.of(), log)) {
      return daemon.awaitExit();
    }
  }

  private static int lineOf(Member member, String text) throws IOException {
    List<String> lines = Files.readAllLines(member.config());
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).contains(text)) {
        return i + 1;
      }
    }
    throw new AssertionError(text);
  }
}
