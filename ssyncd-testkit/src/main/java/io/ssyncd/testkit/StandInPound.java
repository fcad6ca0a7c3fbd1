package io.ssyncd.testkit;

import io.ssyncd.pound.standin.Farm;
import io.ssyncd.pound.standin.Main;
import io.ssyncd.pound.standin.PoundCfgWriter;
import io.ssyncd.pound.standin.Session;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The stand-in as a process of its own; see {@link io.ssyncd.pound.standin.ControlProtocol}. */
public final class StandInPound implements PoundProcess {
  private static final int EXIT_SECONDS = 10;

  private final Path directory;
  private final Farm farm;
  private final Path config;
  private final Path log;
  private final Map<String, String> environment;
  private final String[] arguments;
  private Process process;
  private BufferedReader answers;
  private BufferedWriter commands;

  private StandInPound(
      Map<String, String> environment, Path directory, Farm farm, String... arguments)
      throws IOException {
    this.environment = Map.copyOf(environment);
    this.directory = Files.createDirectories(directory);
    this.farm = farm;
    this.config = directory.resolve(farm.name() + ".cfg");
    this.log = directory.resolve(farm.name() + ".log");
    this.arguments = arguments.clone();
    Files.writeString(config, PoundCfgWriter.write(farm, "Daemon 0", "LogFacility -"));
    this.process = launch();
    this.answers = reader(process);
    this.commands = writer(process);
    awaitReady();
  }

  /**
   * Starts one.
   *
   * @param arguments further arguments of {@link Main}
   */
  public static StandInPound start(Path directory, Farm farm, String... arguments)
      throws IOException {
    return start(Map.of(), directory, farm, arguments);
  }

  /**
   * Starts one.
   *
   * @param environment added to the environment of this process
   * @param arguments further arguments of {@link Main}
   */
  public static StandInPound start(
      Map<String, String> environment, Path directory, Farm farm, String... arguments)
      throws IOException {
    return new StandInPound(environment, directory, farm, arguments);
  }

  private Process launch() throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-cp", classPath()));
    command.add(Main.class.getName());
    command.addAll(List.of("--dir", directory.toString(), "--config", config.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().putAll(environment);
    return builder.start();
  }

  private static String classPath() {
    try {
      return Path.of(Main.class.getProtectionDomain().getCodeSource().getLocation().toURI())
          .toString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static BufferedReader reader(Process process) {
    return new BufferedReader(
        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  private static BufferedWriter writer(Process process) {
    return new BufferedWriter(
        new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
  }

  private void awaitReady() throws IOException {
    String line = answers.readLine();
    if (line == null || !line.startsWith("ready ")) {
      throw new IOException("stand-in did not start: " + log());
    }
  }

  /**
   * One command; the last line of the answer without {@code ok}.
   *
   * @throws IllegalStateException for {@code err}, or when it is dead
   */
  public String command(String command) throws IOException {
    List<String> lines = commandLines(command);
    return lines.get(lines.size() - 1);
  }

  /** One command and all the lines of its answer, the last without {@code ok}. */
  public List<String> commandLines(String command) throws IOException {
    List<String> lines = new ArrayList<>();
    try {
      commands.write(command);
      commands.newLine();
      commands.flush();
      for (String line = answers.readLine(); line != null; line = answers.readLine()) {
        if (line.startsWith("err")) {
          throw new IllegalStateException(command.split(" ", 2)[0] + ": " + line);
        }
        if (line.startsWith("ok")) {
          lines.add(line.substring(2).strip());
          return lines;
        }
        lines.add(line);
      }
    } catch (IOException e) {
      throw new IllegalStateException("stand-in is dead: " + log(), e);
    }
    throw new IllegalStateException("stand-in is dead: " + log());
  }

  /** One counter of {@code stats}. */
  public String stat(String name) throws IOException {
    for (String pair : command("stats").split(" ", -1)) {
      if (pair.startsWith(name + "=")) {
        return pair.substring(name.length() + 1);
      }
    }
    throw new IllegalArgumentException("no counter " + name);
  }

  /** How many sessions it holds. */
  public int count() throws IOException {
    return Integer.parseInt(command("count"));
  }

  /** A digest over all its sessions, whatever their order. */
  public String digest() throws IOException {
    return command("digest");
  }

  /** Requests with {@code count} different keys over all services. */
  public void traffic(int count, String prefix) throws IOException {
    command("traffic " + count + " " + prefix);
  }

  /** The sweep, now; returns how many sessions it deleted. */
  public int expire() throws IOException {
    return Integer.parseInt(command("expire"));
  }

  /** Stops the clock at a time. */
  public void clock(long unixSeconds) throws IOException {
    command("clock " + unixSeconds);
  }

  /** The process's exit status after its death; see {@link Main#DEATH_STATUS}. */
  public int exitStatus() {
    return process.exitValue();
  }

  @Override
  public Farm farm() {
    return farm;
  }

  @Override
  public Path config() {
    return config;
  }

  @Override
  public Path socket() {
    return directory.resolve("ssync_" + farm.name() + ".socket");
  }

  @Override
  public long pid() {
    return process.pid();
  }

  @Override
  public boolean alive() {
    return process.isAlive();
  }

  @Override
  public void restart() throws IOException {
    end();
    process = launch();
    answers = reader(process);
    commands = writer(process);
    awaitReady();
  }

  @Override
  public void request(int listener, int service, byte[] key) throws IOException {
    command("request " + at(listener, service, key));
  }

  @Override
  public void add(int listener, int service, byte[] key, int backend) throws IOException {
    command("add " + at(listener, service, key) + " " + backend);
  }

  @Override
  public void delete(int listener, int service, byte[] key) throws IOException {
    command("delete " + at(listener, service, key));
  }

  private static String at(int listener, int service, byte[] key) {
    return listener + "/" + service + " hex:" + HexFormat.of().formatHex(key);
  }

  @Override
  public void flush(int listener, int service, int backend) throws IOException {
    command("flush " + listener + " " + service + " " + backend);
  }

  @Override
  public void disable(int listener, int service, int backend, boolean disabled) throws IOException {
    command((disabled ? "disable " : "enable ") + listener + " " + service + " " + backend);
  }

  @Override
  public void killBackend(int listener, int service, int backend) throws IOException {
    command("killbackend " + listener + " " + service + " " + backend);
  }

  @Override
  public List<Session> sessions() throws IOException {
    List<String> lines = commandLines("dump");
    return lines.subList(0, lines.size() - 1).stream().map(Session::parse).toList();
  }

  @Override
  public String log() {
    try {
      return Files.exists(log) ? Files.readString(log) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    end();
  }

  private void end() {
    process.destroyForcibly();
    try {
      if (!process.waitFor(EXIT_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException("stand-in " + process.pid() + " does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
