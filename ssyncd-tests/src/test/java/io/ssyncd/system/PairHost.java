package io.ssyncd.system;

import com.fasterxml.jackson.databind.JsonNode;
import io.ssyncd.pound.standin.Farm;
import io.ssyncd.testkit.Cluster;
import io.ssyncd.testkit.Command;
import io.ssyncd.testkit.ControlCall;
import io.ssyncd.testkit.Distribution;
import io.ssyncd.testkit.StandInPound;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;

/**
 * A host of a pair without a file: daemons that are started in the background by flags, its tool,
 * and its Pounds. Used by one thread.
 */
final class PairHost implements AutoCloseable {
  private final Path dir;
  private final Path data;
  private final Path socket;
  private final Path log;
  private final List<String> before;
  private final List<String> flags;
  private final List<StandInPound> pounds = new ArrayList<>();

  private PairHost(
      Path dir, Path data, Path socket, Path log, List<String> before, List<String> flags) {
    this.dir = dir;
    this.data = data;
    this.socket = socket;
    this.log = log;
    this.before = before;
    this.flags = flags;
  }

  private static String path() {
    return "PATH=" + Distribution.built().home().resolve("bin") + ":" + System.getenv("PATH");
  }

  /** On this machine, with files of its own that flags name. */
  static PairHost here(Path dir) throws IOException {
    Files.createDirectories(dir);
    Path socket = dir.resolve("run/s.sock");
    return new PairHost(
        dir,
        dir.resolve("data"),
        socket,
        dir.resolve("ssyncd.log"),
        List.of("env", path(), "SSYNCD_SOCKET=" + socket),
        List.of(
            "--data-dir", dir.resolve("data").toString(),
            "--log-file", dir.resolve("ssyncd.log").toString()));
  }

  /** In a namespace of the network, with /var/lib, /var/log and /run of its own. */
  static PairHost apart(Path dir, String namespace) throws IOException {
    for (String own : List.of("lib", "log", "run")) {
      Files.createDirectories(dir.resolve(own));
    }
    String mounts =
        "mount --bind \"$0/lib\" /var/lib && mount --bind \"$0/log\" /var/log"
            + " && mount --bind \"$0/run\" /run && exec \"$@\"";
    return new PairHost(
        dir,
        dir.resolve("lib/ssyncd"),
        dir.resolve("run/ssyncd/ssyncd.sock"),
        dir.resolve("log/ssyncd/ssyncd.log"),
        List.of(
            "ip", "netns", "exec", namespace, "sh", "-c", mounts, dir.toString(), "env", path()),
        List.of());
  }

  /** Runs a program on the host. */
  Command.Result run(String... words) {
    List<String> command = new ArrayList<>(before);
    command.addAll(List.of(words));
    return Command.run(command);
  }

  /** {@code ssyncd -d}, with these flags and those of the host. */
  Command.Result start(String... args) {
    List<String> words = new ArrayList<>(List.of("ssyncd", "-d"));
    words.addAll(List.of(args));
    words.addAll(flags);
    return run(words.toArray(String[]::new));
  }

  /** {@code ssyncdctl}. */
  Command.Result ctl(String... args) {
    List<String> words = new ArrayList<>(List.of("ssyncdctl"));
    words.addAll(List.of(args));
    return run(words.toArray(String[]::new));
  }

  /** Its Pound of a farm, which runs from here on; {@link #poundFlags} says where it is. */
  StandInPound pound(Farm farm, String... arguments) throws IOException {
    StandInPound pound = StandInPound.start(dir.resolve("pound"), farm, arguments);
    pounds.add(pound);
    return pound;
  }

  String[] poundFlags() {
    Path at = dir.resolve("pound");
    return new String[] {
      "--pound-config", at.resolve("%s.cfg").toString(), "--pound-sockets", at.toString()
    };
  }

  /** Its status; empty if nobody answers. */
  Optional<JsonNode> status() {
    return ask("status");
  }

  private Optional<JsonNode> ask(String verb) {
    try {
      return Optional.of(ControlCall.ask(socket, ControlCall.request(verb)).result());
    } catch (IOException absent) {
      return Optional.empty();
    }
  }

  /** How many sessions of a farm it knows. */
  int sessions(String farm) {
    return status().map(s -> s.path("sessions").path("http").path(farm).asInt()).orElse(0);
  }

  /** How many members vote, as far as it knows; 0 if nobody answers. */
  int voters() {
    int voters = 0;
    Optional<JsonNode> members = status().map(s -> s.path("members"));
    if (members.isPresent()) {
      for (JsonNode member : members.get()) {
        voters += member.path("voter").asBoolean() ? 1 : 0;
      }
    }
    return voters;
  }

  /** Of the daemon that answers. */
  long pid() {
    return ask("ping").orElseThrow().path("pid").asLong();
  }

  /** {@code kill -9}; returns when it is dead. */
  void kill() {
    kill(pid());
  }

  private void kill(long pid) {
    Command.run(List.of("kill", "-9", Long.toString(pid))).ok();
    await("the end of process " + pid, () -> !runs(pid));
  }

  private static boolean runs(long pid) {
    try {
      String stat =
          Files.readString(Path.of("/proc/" + pid + "/stat"), StandardCharsets.ISO_8859_1);
      return stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
    } catch (IOException gone) {
      return false;
    }
  }

  /** Waits; a wait that fails shows the end of the log. */
  void await(String what, BooleanSupplier condition) {
    try {
      Awaitility.await(what).atMost(Cluster.PATIENCE).until(condition::getAsBoolean);
    } catch (RuntimeException e) {
      throw new AssertionError(what + "\n" + status().orElse(null) + "\n" + output(), e);
    }
  }

  /** What its daemons logged. */
  String output() {
    try {
      return Files.exists(log) ? Files.readString(log, StandardCharsets.ISO_8859_1) : "(no log)";
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  Path data() {
    return data;
  }

  @Override
  public void close() {
    pounds.forEach(StandInPound::close);
    // A backup that waits has no lock; a daemon on its way to its socket has one.
    ask("ping")
        .map(answer -> answer.path("pid").asLong())
        .or(this::locker)
        .filter(PairHost::isDaemon)
        .ifPresent(this::kill);
  }

  /** The number of one that has ended may be another process's by now. */
  private static boolean isDaemon(long pid) {
    try {
      return Files.readString(Path.of("/proc/" + pid + "/cmdline"), StandardCharsets.ISO_8859_1)
          .contains("io.ssyncd.daemon.Main");
    } catch (IOException gone) {
      return false;
    }
  }

  private Optional<Long> locker() {
    try {
      return Optional.of(Long.parseLong(Files.readString(data.resolve("lock")).strip()));
    } catch (IOException | NumberFormatException nobody) {
      return Optional.empty();
    }
  }
}
