package io.ssyncd.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.ssyncd.testkit.Cluster;
import io.ssyncd.testkit.ClusterSpec;
import io.ssyncd.testkit.ControlCall;
import io.ssyncd.testkit.Member;
import io.ssyncd.testkit.OldMaster;
import io.ssyncd.testkit.Vectors;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code control.legacy-socket}: what the old tool and the old daemon said to each other, captured,
 * is said again to daemons of ours, in the same order and with the same answers.
 */
@ExtendWith(ShowsLogsOnFailure.class)
@Tag("long")
class OldToolTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Pattern LINE =
      Pattern.compile("(\\S+ \\S+(?: \\S+)?) +req=([0-9a-f ]+) resp='(.*)' rc=0 stdout=.*");

  @TempDir static Path dir;
  private static Cluster cluster;
  private static Member leader;
  private static Member follower;

  /** A captured request and its answer. */
  private record Exchange(String command, byte[] request, String answer) {}

  @BeforeAll
  static void start() throws IOException {
    Files.createDirectory(dir.resolve("proc"));
    ClusterSpec spec =
        ClusterSpec.in(dir)
            .farm("f1", "1x99999999")
            .line("recent.proc-dir = \"" + dir.resolve("proc") + "\"");
    for (String name : List.of("lb1", "lb2", "lb3")) {
      spec.lineOf(name, "control.legacy-socket = \"" + dir.resolve(name + ".old") + "\"");
    }
    cluster = spec.build();
    // The farm is started by the old tool, not by the file.
    cluster
        .members()
        .forEach(
            member ->
                member.reconfigure("\"f1\" { config = \"" + member.poundConfig("f1") + "\" }", ""));
    leader = cluster.startPounds().start().awaitLeader();
    follower = cluster.followers().get(0);
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  private static List<Exchange> captured() {
    List<Exchange> all = new ArrayList<>();
    String text = new String(Vectors.resource(Vectors.CONTROL_PROTOCOL), StandardCharsets.UTF_8);
    for (String line : text.lines().toList()) {
      Matcher form = LINE.matcher(line);
      assertThat(form.matches()).as(line).isTrue();
      all.add(
          new Exchange(
              form.group(1).strip(),
              HexFormat.of().parseHex(form.group(2).replace(" ", "")),
              form.group(3).replace("\\n", "\n").replace("\\t", "\t")));
    }
    return all;
  }

  private static String ask(Member member, byte[] request) throws IOException {
    Path socket = dir.resolve(member.name() + ".old");
    return new String(ControlCall.raw(socket, request, PATIENCE), StandardCharsets.ISO_8859_1);
  }

  /** A leader collects from its Pound, so what is written is written on a follower. */
  private static Member whoIsAsked(Exchange exchange) {
    return exchange.command().startsWith("write") ? follower : leader;
  }

  @Test
  void theCapturedConversationIsSaidAgain() throws IOException {
    List<Exchange> captured = captured();
    assertThat(captured).hasSize(14);
    Exchange startRecent =
        captured.stream().filter(e -> e.command().equals("start recent")).findFirst().orElseThrow();
    for (Exchange exchange : captured) {
      if (exchange.command().equals("show http")) {
        theSessionOfTheCapture();
      }
      if (exchange.command().equals("write recent")) {
        assertThat(ask(leader, startRecent.request())).isEmpty();
        cluster.awaitThat("everywhere", () -> follower.ctl("write", "recent").exit() == 0);
      }
      assertThat(ask(whoIsAsked(exchange), exchange.request()))
          .as(exchange.command())
          .isEqualTo(exchange.answer());
    }
    assertThat(ask(follower, HexFormat.of().parseHex("efab07060011"))).isEqualTo("backup");
    assertThat(ask(leader, HexFormat.of().parseHex("efab0709000c025431")))
        .isEqualTo("table doesn't exist");

    Member last = follower;
    assertThat(ask(last, HexFormat.of().parseHex("efab07060012"))).isEmpty();
    cluster.awaitThat("it quits", () -> !last.alive());
    assertThat(dir.resolve(last.name() + ".old")).doesNotExist();
  }

  private static void theSessionOfTheCapture() {
    try (OldMaster old = OldMaster.at("127.0.0.1")) {
      old.session("f1", 0, 0, 0, "alpha", "10.0.0.1", 1795230000L);
      leader.ctl("import", old.at()).ok();
    }
    cluster.awaitCount("http", "f1", 1);
  }
}
