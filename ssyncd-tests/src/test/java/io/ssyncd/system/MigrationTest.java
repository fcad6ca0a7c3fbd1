package io.ssyncd.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.ssyncd.testkit.Cluster;
import io.ssyncd.testkit.ClusterSpec;
import io.ssyncd.testkit.Command;
import io.ssyncd.testkit.Distribution;
import io.ssyncd.testkit.Host;
import io.ssyncd.testkit.Member;
import io.ssyncd.testkit.OldBackup;
import io.ssyncd.testkit.OldMaster;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * docs/migration.md, word for word: its commands are read from it and run, each on its host; what
 * is said there to the old daemon, to systemd and to keepalived, doubles do. A command that this
 * test does not know fails it.
 */
@Tag("long")
@TestMethodOrder(MethodOrderer.MethodName.class)
@ExtendWith(ShowsLogsOnFailure.class)
class MigrationTest {
  private static final int SESSIONS = 500;
  private static final int OLD_BACKUPS_PORT = 7779;

  @TempDir Path dir;
  private final Runbook runbook = Runbook.read();
  private final Map<String, Supplier<Integer>> hands = new HashMap<>();
  private Cluster cluster;
  private OldMaster old;
  private Following follow;
  private OldBackup backup;
  private String oldPort;

  @BeforeEach
  void anOldPair() {
    List<Host> hosts = Host.onLoopback(3);
    cluster =
        ClusterSpec.in(dir)
            .on(hosts)
            .farm("shop", "4x300")
            .lineOf(
                "lb2",
                "legacy { listen = \"%s:%d\", allow = [\"127.0.0.0/8\"] }"
                    .formatted(hosts.get(1).address(), OLD_BACKUPS_PORT))
            .build()
            .startPounds();
    old = OldMaster.at(hosts.get(0).address());
    long now = System.currentTimeMillis() / 1000;
    for (int i = 0; i < SESSIONS; i++) {
      client("client-" + i, now);
    }
    oldPort = "10.0.0.1:7777";
    hands.put("lb2 systemctl start ssyncd", () -> started("lb2"));
    hands.put("lb3 systemctl start ssyncd", () -> started("lb3"));
    hands.put("lb1 systemctl start ssyncd", () -> started("lb1"));
    hands.put("lb1 systemctl stop keepalived", () -> 0);
    hands.put("lb1 systemctl start keepalived", () -> 0);
    hands.put("lb1 ssyncdctl count http", () -> 0);
    hands.put("lb1 ssyncdctl count recent", () -> 0);
    hands.put("lb1 ssyncdctl quit", this::theOldDaemonEnds);
    hands.put("lb1 ssyncd -d -B -a 10.0.0.2 -p 7779", this::theOldDaemonIsABackup);
    hands.put("lb1 ssyncdctl write http", () -> 0);
    hands.put("lb1 ssyncdctl write recent", () -> 0);
    hands.put("lb1 ssyncd -d -M -p 7777", () -> 0);
    hands.put("lb1 ssyncdctl start http shop", () -> 0);
  }

  @AfterEach
  void end() {
    if (follow != null) {
      follow.close();
    }
    if (backup != null) {
      backup.close();
    }
    old.close();
    cluster.close();
  }

  private void client(String key, long seconds) {
    old.session("shop", 0, 0, Math.floorMod(key.hashCode(), 4), key, address(key), seconds);
  }

  private static String address(String key) {
    return "10.1.1." + (1 + Math.floorMod(key.hashCode(), 4));
  }

  private int started(String member) {
    if (!cluster.member(member).alive()) {
      cluster.start(member);
    }
    return 0;
  }

  private void endTheImport() {
    assertThat(follow.end()).contains("http shop: " + old.sessions());
  }

  private int theOldDaemonEnds() {
    old.vanish();
    if (backup != null) {
      backup.close();
    }
    return 0;
  }

  private int theOldDaemonIsABackup() {
    backup = new OldBackup(cluster.member("lb2").host().address(), OLD_BACKUPS_PORT);
    return 0;
  }

  /** Runs all commands of a step. */
  private void step(String name) {
    assertThat(runbook.steps()).contains(name);
    for (Runbook.Line line : runbook.commands(name)) {
      run(line);
    }
  }

  private void run(Runbook.Line line) {
    Member member = cluster.member(line.host());
    String command = line.command();
    Supplier<Integer> hand = hands.get(line.host() + " " + command);
    if (hand != null) {
      assertThat(hand.get()).as(command).isZero();
    } else if (command.startsWith("ssyncd --check")) {
      Command.run(
              List.of(
                  Distribution.built().ssyncd().toString(),
                  "--check",
                  "--config",
                  member.config().toString()))
          .ok();
    } else if (command.endsWith("--follow")) {
      assertThat(command).isEqualTo("ssyncdctl import " + oldPort + " --follow");
      follow = Following.start(member, old.at());
      cluster.awaitSessions("shop", old.sessions());
    } else if (command.startsWith("ssyncdctl ")) {
      String[] words = command.substring("ssyncdctl ".length()).split(" ", -1);
      cluster.awaitThat(line + " succeeds", () -> isGood(member.ctl(words), words[0]));
    } else {
      throw new AssertionError("the runbook has a command that nobody tries: " + line);
    }
  }

  /** Others than lb1 are to be well: {@code members} and {@code status} say so in their text. */
  private static boolean isGood(Command.Result result, String verb) {
    return result.exit() == 0 || verb.equals("status") && result.exit() == 1;
  }

  @Test
  void aLivePairBecomesThreeNodesAndNoSessionIsLost() {
    step("1. Set the new nodes up beside the old pair");
    cluster.awaitThat("lb2 leads", () -> cluster.awaitLeader().name().equals("lb2"));
    step("2. Follow the old master");
    step("3. Compare");
    assertThat(cluster.member("lb2").ctl("count", "http").ok().out())
        .isEqualTo("farm:  shop\n" + old.sessions() + "\n\n");
    step("4. Put the sessions into place");
    long now = System.currentTimeMillis() / 1000;
    for (int i = 0; i < 20; i++) {
      client("late-" + i, now);
    }
    cluster.awaitSessions("shop", SESSIONS + 20);
    step("5. Move the address");
    assertThat(cluster.member("lb2").pound("shop").sessions()).hasSize(SESSIONS + 20);
    endTheImport();
    step("6. Turn lb1 into a member");
    cluster.awaitSessions("shop", SESSIONS + 20);
    assertThat(cluster.running()).hasSize(3);
  }

  @Test
  void theWayBackGivesTheOldDaemonAllThatTheNewClusterKnows() {
    step("1. Set the new nodes up beside the old pair");
    cluster.awaitThat("lb2 leads", () -> cluster.awaitLeader().name().equals("lb2"));
    step("2. Follow the old master");
    step("4. Put the sessions into place");
    step("5. Move the address");
    cluster.member("lb2").pound("shop").traffic("since-", 30);
    cluster.awaitSessions("shop", SESSIONS + 30);
    endTheImport();
    List<Runbook.Line> back = runbook.commands("7. The way back");
    back.subList(0, 2).forEach(this::run);
    cluster.awaitThat(
        "the old daemon has all of it", () -> backup.sessions().size() == SESSIONS + 30);
    back.subList(2, back.size()).forEach(this::run);
  }
}
