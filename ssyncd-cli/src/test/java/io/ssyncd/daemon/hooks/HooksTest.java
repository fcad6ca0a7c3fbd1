package io.ssyncd.daemon.hooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ssyncd.node.NodeChange;
import io.ssyncd.node.NodeState;
import io.ssyncd.node.Warning;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real executables: what they are told, and what becomes of those that fail, hang or flood. */
class HooksTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Instant SINCE = Instant.parse("2026-01-02T03:04:05Z");

  @TempDir Path dir;
  private final SortedMap<HookEvent, List<String>> commands = new TreeMap<>();
  private Duration timeout = Duration.ofSeconds(30);
  private Hooks hooks;

  @AfterEach
  void end() {
    if (hooks != null) {
      hooks.close();
    }
  }

  private Hooks begin() {
    hooks = new Hooks(new HookConfig(commands, timeout), "lb1", "prod").begin();
    return hooks;
  }

  private String script(String name, String... lines) throws IOException {
    Path file = dir.resolve(name);
    Files.writeString(file, "#!/bin/sh\n" + String.join("\n", lines) + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    return file.toString();
  }

  private static NodeChange state(NodeState state, NodeState previous) {
    return new NodeChange(NodeChange.What.STATE, state, previous, SINCE, 7, 88, "lb2", true);
  }

  private List<String> said() throws IOException {
    Path out = dir.resolve("out");
    return Files.exists(out) ? Files.readAllLines(out) : List.of();
  }

  private long count(String event, String result) {
    return hooks.counts().getOrDefault(new Hooks.Count(event, result), 0L);
  }

  private void awaitCount(String event, String result, long count) {
    await().atMost(PATIENCE).until(() -> count(event, result), counted -> counted >= count);
  }

  private static boolean lives(long pid) {
    return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
  }

  @Test
  void aHookIsToldHowTheNodeStandsAndTakesItsArgumentsAsTheyAre() throws Exception {
    String program =
        script("tell", "{ echo \"$1|$2|$#\"; env | grep ^SSYNCD_ | sort; } >> " + dir + "/out");
    commands.put(HookEvent.INGESTING, List.of(program, "a b; touch /tmp/x", "$HOME"));
    begin().changed(state(NodeState.INGESTING, NodeState.VERIFIED));
    awaitCount("ingesting", "ok", 1);

    assertThat(said())
        .contains(
            "a b; touch /tmp/x|$HOME|2",
            "SSYNCD_CLUSTER=prod",
            "SSYNCD_EPOCH=88",
            "SSYNCD_EVENT=ingesting",
            "SSYNCD_LEADER=lb2",
            "SSYNCD_NODE=lb1",
            "SSYNCD_PREVIOUS_STATE=VERIFIED",
            "SSYNCD_QUORUM=true",
            "SSYNCD_SINCE=2026-01-02T03:04:05Z",
            "SSYNCD_STATE=INGESTING",
            "SSYNCD_TERM=7");
    assertThat(hooks.warnings()).isEmpty();
  }

  @Test
  void changesAreToldInTheirOrderAndAnyHearsThemAll() throws Exception {
    commands.put(HookEvent.ANY, List.of(script("any", "echo $SSYNCD_EVENT >> " + dir + "/out")));
    commands.put(
        HookEvent.ELECTED, List.of(script("elected", "sleep 0.2; echo slow >> " + dir + "/out")));
    begin();
    hooks.changed(state(NodeState.ELECTED, NodeState.FOLLOWER));
    hooks.changed(state(NodeState.CAUGHT_UP, NodeState.ELECTED));
    hooks.changed(
        new NodeChange(
            NodeChange.What.QUORUM_LOST,
            NodeState.CAUGHT_UP,
            NodeState.CAUGHT_UP,
            SINCE,
            7,
            88,
            null,
            false));
    awaitCount("any", "ok", 3);
    assertThat(said()).containsExactly("slow", "elected", "caught-up", "quorum-lost");
  }

  @Test
  void aHookThatFailsIsNamedUntilItWorksAgain() throws Exception {
    Path broken = Path.of(script("flaky", "echo about to fail; test -e " + dir + "/cured"));
    commands.put(HookEvent.VERIFIED, List.of(broken.toString()));
    begin().changed(state(NodeState.VERIFIED, NodeState.WRITING));
    awaitCount("verified", "failed", 1);
    assertThat(hooks.warnings())
        .singleElement()
        .satisfies(
            warning -> {
              assertThat(warning.code()).isEqualTo("hook-failed");
              assertThat(warning.text()).contains("hooks.verified", broken.toString(), "with 1");
            });

    Files.createFile(dir.resolve("cured"));
    hooks.changed(state(NodeState.VERIFIED, NodeState.INGESTING));
    awaitCount("verified", "ok", 1);
    assertThat(hooks.warnings()).isEmpty();
  }

  @Test
  void aRunThatCannotBeMadeKeepsNoOtherFromBeingRun() throws Exception {
    commands.put(HookEvent.ANY, List.of(script("any", "echo $SSYNCD_LEADER >> " + dir + "/out")));
    begin();
    // No environment takes such a name.
    hooks.changed(
        new NodeChange(NodeChange.What.STATE, NodeState.ELECTED, null, SINCE, 7, 88, "lb\0", true));
    hooks.changed(state(NodeState.CAUGHT_UP, NodeState.ELECTED));
    awaitCount("any", "ok", 1);
    assertThat(count("any", "failed")).isEqualTo(1);
    assertThat(said()).containsExactly("lb2");
  }

  @Test
  void aSignalIsNoExitCode() throws Exception {
    commands.put(HookEvent.VERIFIED, List.of(script("dies", "kill -9 $$")));
    begin().changed(state(NodeState.VERIFIED, NodeState.WRITING));
    awaitCount("verified", "failed", 1);
    assertThat(hooks.warnings()).extracting(Warning::text).allMatch(t -> t.contains("signal"));
  }

  @Test
  void aHookThatHangsIsKilledWithAllItsChildrenWhoeverTheirParentIs() throws Exception {
    timeout = Duration.ofSeconds(1);
    commands.put(
        HookEvent.ELECTED,
        List.of(
            script(
                "hangs",
                "echo $$ >> " + dir + "/out",
                "sleep 600 & echo $! >> " + dir + "/out",
                // A daemon in a session of its own, whose parent is gone.
                "(setsid sh -c 'echo $$ >> " + dir + "/out; sleep 600' &)",
                "sleep 600")));
    commands.put(HookEvent.WRITING, List.of(script("next", "true")));
    begin().changed(state(NodeState.ELECTED, NodeState.FOLLOWER));
    hooks.changed(state(NodeState.WRITING, NodeState.CAUGHT_UP));
    awaitCount("elected", "timeout", 1);

    List<Long> pids = said().stream().map(Long::valueOf).toList();
    assertThat(pids).hasSize(3);
    await().atMost(PATIENCE).until(() -> pids.stream().noneMatch(HooksTest::lives));
    assertThat(hooks.warnings()).extracting(Warning::text).allMatch(t -> t.contains("1000 ms"));
    awaitCount("writing", "ok", 1);
  }

  @Test
  void whenTooManyWaitTheNewestAreRunAndTheOthersCounted() throws Exception {
    Path go = dir.resolve("go");
    commands.put(
        HookEvent.ELECTED,
        List.of(script("waits", "while ! test -e " + go + "; do sleep 0.05; done")));
    commands.put(HookEvent.FOLLOWER, List.of(script("f", "echo $SSYNCD_EPOCH >> " + dir + "/out")));
    begin().changed(state(NodeState.ELECTED, NodeState.FOLLOWER));
    await().atMost(PATIENCE).until(() -> hooks.queues().get(0).depth() == 0);
    int more = 10;
    for (int i = 0; i < Hooks.MAX_WAITING + more; i++) {
      hooks.changed(
          new NodeChange(
              NodeChange.What.STATE,
              NodeState.FOLLOWER,
              NodeState.DRAINING,
              SINCE,
              7,
              i,
              null,
              true));
    }
    assertThat(hooks.queues().get(0).depth()).isEqualTo(Hooks.MAX_WAITING);
    assertThat(hooks.queues().get(0).overflows()).isEqualTo(more);
    assertThat(hooks.warnings()).extracting(Warning::code).containsExactly("hook-skipped");

    Files.createFile(go);
    awaitCount("follower", "ok", Hooks.MAX_WAITING);
    assertThat(count("follower", "skipped")).isEqualTo(more);
    assertThat(said()).hasSize(Hooks.MAX_WAITING).first().isEqualTo("" + more);
    assertThat(said()).last().isEqualTo("" + (Hooks.MAX_WAITING + more - 1));
  }

  @Test
  void aHookThatFloodsItsOutputEndsAndIsCutInTheLog() throws Exception {
    HookProcess process =
        new HookProcess(
            List.of(script("floods", "printf 'a\\033[31m\\nb\\n'; head -c 1000000 /dev/zero")),
            java.util.Map.of(),
            PATIENCE);
    HookProcess.End end = process.run();
    assertThat(end.result()).isEqualTo(HookProcess.Result.OK);
    assertThat(end.output()).startsWith("a?[31m", "b").last().asString().contains("more bytes");
    assertThat(String.join("", end.output())).hasSizeLessThan(2 * HookOutput.MOST_BYTES);
  }

  /** Taken a pipe's worth at a time, some megabytes took longer than the hook had. */
  @Test
  void aHookThatPrintsMuchIsNotHeldUpByItsOutput() throws Exception {
    timeout = Duration.ofSeconds(10);
    commands.put(
        HookEvent.FOLLOWER, List.of(script("flood", "head -c 64000000 /dev/zero | tr '\\0' x")));
    begin().changed(state(NodeState.FOLLOWER, null));
    awaitCount("follower", "ok", 1);
  }

  @Test
  void aHookMayLeaveADaemonBehindThatKeepsItsOutputOpen() throws Exception {
    commands.put(
        HookEvent.VERIFIED,
        List.of(script("leaves", "sleep 600 & echo $! >> " + dir + "/out; exit 0")));
    begin().changed(state(NodeState.VERIFIED, NodeState.WRITING));
    awaitCount("verified", "ok", 1);
    long pid = Long.parseLong(said().get(0));
    assertThat(lives(pid)).isTrue();
    ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
  }

  @Test
  void whatEverybodyCouldChangeIsNotRun() throws Exception {
    String program = script("open", "echo ran >> " + dir + "/out");
    Files.setPosixFilePermissions(Path.of(program), PosixFilePermissions.fromString("rwxrwxrwx"));
    commands.put(HookEvent.VERIFIED, List.of(program));
    begin().changed(state(NodeState.VERIFIED, NodeState.WRITING));
    awaitCount("verified", "not-started", 1);
    assertThat(said()).isEmpty();
    assertThat(hooks.warnings()).extracting(Warning::text).allMatch(t -> t.contains("everybody"));
  }

  @Test
  void aFileThatIsNoProgramIsNamed() throws Exception {
    Path text = Files.writeString(dir.resolve("text"), "\u007fno program\n");
    Files.setPosixFilePermissions(text, PosixFilePermissions.fromString("rwxr-xr-x"));
    commands.put(HookEvent.VERIFIED, List.of(text.toString()));
    begin().changed(state(NodeState.VERIFIED, NodeState.WRITING));
    await().atMost(PATIENCE).until(() -> !hooks.warnings().isEmpty());
    assertThat(hooks.warnings()).extracting(Warning::text).allMatch(t -> t.contains("text"));
  }

  @Test
  void theEndOfTheDaemonKillsWhatHangs() throws Exception {
    commands.put(
        HookEvent.FOLLOWER, List.of(script("hangs", "echo $$ >> " + dir + "/out; exec sleep 600")));
    begin().changed(state(NodeState.FOLLOWER, NodeState.DRAINING));
    await().atMost(PATIENCE).until(() -> said().size() == 1);
    hooks.close();
    long pid = Long.parseLong(said().get(0));
    await().atMost(PATIENCE).until(() -> !lives(pid));
  }
}
