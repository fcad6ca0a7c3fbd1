package io.ssyncd.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * One member of a test cluster: its files, its Pounds, its daemon while that runs, and the tool of
 * its host. Used by one thread.
 */
public final class Member implements AutoCloseable {
  private final String name;
  private final Host host;
  private final MemberFiles files;
  private final Map<String, String> environment;
  private final Map<String, MemberPound> pounds;
  private final Optional<MovableClock> clock;
  private @Nullable DaemonProcess daemon;
  private boolean suspended;

  Member(
      String name,
      Host host,
      MemberFiles files,
      Map<String, MemberPound> pounds,
      Map<String, String> environment,
      Optional<MovableClock> clock) {
    this.name = name;
    this.host = host;
    this.files = files;
    this.pounds = Map.copyOf(pounds);
    this.environment = Map.copyOf(environment);
    this.clock = clock;
  }

  /** Its name in the configuration. */
  public String name() {
    return name;
  }

  /** Where it lives. */
  public Host host() {
    return host;
  }

  /** The directory with all its files. */
  public Path directory() {
    return files.directory();
  }

  /** Its configuration file. */
  public Path config() {
    return files.config();
  }

  /** Its data directory. */
  public Path data() {
    return files.data();
  }

  /** Its control socket. */
  public Path control() {
    return files.control();
  }

  /** What keepalived would read. */
  public Path trackFile() {
    return files.trackFile();
  }

  /** Where the session socket of a farm's Pound is, or would be. */
  public Path poundSocket(String farm) {
    return files.pounds().resolve("ssync_" + farm + ".socket");
  }

  /** Its own copy of a farm's pound.cfg. */
  public Path poundConfig(String farm) {
    return files.poundConfig(farm);
  }

  /** Its Pound of a configured farm, which runs or not. */
  public MemberPound pound(String farm) {
    MemberPound pound = pounds.get(farm);
    if (pound == null) {
      throw new IllegalArgumentException(name + " has no farm " + farm);
    }
    return pound;
  }

  /** Its Pounds, by farm. */
  public Map<String, MemberPound> pounds() {
    return pounds;
  }

  MovableClock clock() {
    return clock.orElseThrow(() -> new IllegalStateException(name + " has its machine's clock"));
  }

  /** Starts its daemon; does not wait. */
  public Member start() {
    if (daemon != null && daemon.alive()) {
      throw new IllegalStateException(name + " runs");
    }
    daemon = DaemonProcess.start(host.before(), config(), environment, files.log());
    suspended = false;
    return this;
  }

  /** Its daemon: the one that runs, or the last that did. */
  public DaemonProcess daemon() {
    if (daemon == null) {
      throw new IllegalStateException(name + " was never started");
    }
    return daemon;
  }

  /** Whether its daemon runs, be it suspended. */
  public boolean alive() {
    return daemon != null && daemon.alive();
  }

  /** {@code kill -9}. */
  public void kill() {
    daemon().kill();
  }

  /** {@code kill -9} to its daemon and its Pounds, as a host that loses its power. */
  public void losePower() {
    daemon().kill();
    pounds.values().stream().filter(MemberPound::alive).forEach(MemberPound::kill);
  }

  /** Stops its daemon in its tracks (SIGSTOP), as a host that hangs; until {@link #resume}. */
  public void suspend() {
    daemon().suspend();
    suspended = true;
  }

  /** Lets its daemon go on (SIGCONT). */
  public void resume() {
    daemon().resume();
    suspended = false;
  }

  /** Whether its daemon runs and can answer: it is neither dead nor suspended. */
  public boolean answers() {
    return alive() && !suspended;
  }

  /** Tells the daemon to end (SIGTERM); returns its exit code. */
  public int stop() {
    return daemon().terminate();
  }

  /** {@code ssyncdctl ARGS} on its host. */
  public Command.Result ctl(String... args) {
    List<String> command = new ArrayList<>(host.before());
    command.add(Distribution.built().ssyncdctl().toString());
    command.add("--socket");
    command.add(control().toString());
    command.addAll(List.of(args));
    return Command.run(command);
  }

  /**
   * Asks its daemon without the tool.
   *
   * @throws IOException if it does not answer
   */
  public ControlCall.Reply ask(ObjectNode request) throws IOException {
    return ControlCall.ask(control(), request);
  }

  /** {@code status}, without the tool; empty if nobody answers. */
  public Optional<JsonNode> status() {
    try {
      return answers()
          ? Optional.of(ask(ControlCall.request("status")).result())
          : Optional.empty();
    } catch (IOException absent) {
      return Optional.empty();
    }
  }

  /** {@code host:port} of its log. */
  public String address() {
    return host.address() + ":" + Host.PORT;
  }

  /** Empties its data directory, as a new host's is. */
  public void wipe() {
    if (alive()) {
      throw new IllegalStateException(name + " runs");
    }
    try (Stream<Path> all = Files.walk(data())) {
      for (Path one : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(one);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether its status shows this warning. */
  public boolean warns(String code) {
    return status()
        .filter(
            status ->
                StreamSupport.stream(status.path("warnings").spliterator(), false)
                    .anyMatch(warning -> warning.path("code").asText().equals(code)))
        .isPresent();
  }

  /** Replaces text in its configuration file, for the next start. */
  public void reconfigure(String before, String after) {
    try {
      String text = Files.readString(config());
      if (!text.contains(before)) {
        throw new IllegalArgumentException(config() + " does not say " + before);
      }
      Files.writeString(config(), text.replace(before, after));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All that its daemons wrote. */
  public String output() {
    return daemon().output();
  }

  /** Its status and the end of its log, for people. */
  public String describe() {
    String state =
        alive()
            ? status().map(JsonNode::toString).orElse("runs, but does not answer")
            : "does not run";
    return Cluster.HEADLINE
        + name
        + " at "
        + host.address()
        + ": "
        + state
        + DaemonProcess.tail(files.log(), 40);
  }

  @Override
  public void close() {
    if (daemon != null) {
      daemon.close();
    }
    pounds.values().forEach(MemberPound::close);
  }
}
