package io.ssyncd.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A daemon as a process, started through {@code bin/ssyncd} of the distribution. Its pid is that of
 * the JVM: the script, and {@code ip netns exec} before it, replace themselves. What it writes is
 * appended to a log file. A daemon that a test leaves behind dies with the test's JVM.
 *
 * <p>Used by one thread.
 */
public final class DaemonProcess implements AutoCloseable {
  /** How long an end that was asked for is waited for. */
  public static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Process process;
  private final Path log;
  private final Thread onShutdown;

  private DaemonProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
    this.onShutdown = new Thread(process::destroyForcibly, "kill-daemon");
    Runtime.getRuntime().addShutdownHook(onShutdown);
  }

  /**
   * Starts a daemon; does not wait for it to do anything.
   *
   * @param before words before the command, such as {@code ip netns exec NAME}
   * @param config its configuration file
   * @param environment added to the environment of this process
   * @param log the file that its output is appended to
   */
  public static DaemonProcess start(
      List<String> before, Path config, Map<String, String> environment, Path log) {
    List<String> command = new ArrayList<>(before);
    command.add(Distribution.built().ssyncd().toString());
    command.add("--config");
    command.add(config.toString());
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    builder.redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    try {
      Process process = builder.start();
      process.getOutputStream().close();
      return new DaemonProcess(process, log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The process id. */
  public long pid() {
    return process.pid();
  }

  /** Whether the process runs. */
  public boolean alive() {
    return process.isAlive();
  }

  /** {@code kill -9}; returns when it is dead. */
  public void kill() {
    process.destroyForcibly();
    awaitExit();
  }

  /** Tells it to end (SIGTERM) and waits; returns the exit code. */
  public int terminate() {
    process.destroy();
    return awaitExit();
  }

  /** Stops it in its tracks (SIGSTOP), as a host that hangs. */
  public void suspend() {
    signal("STOP");
  }

  /** Lets it go on (SIGCONT). */
  public void resume() {
    signal("CONT");
  }

  /**
   * Waits for its end.
   *
   * @return the exit code; 128 and the signal's number if a signal ended it
   */
  public int awaitExit() {
    try {
      if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new AssertionError("pid " + pid() + " did not end within " + PATIENCE + tail(60));
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for pid " + pid(), e);
    }
  }

  /** Resident memory now (VmRSS), in kB. */
  public long residentKb() {
    return statusKb("VmRSS:");
  }

  /** The most that was ever resident (VmHWM), in kB. */
  public long peakResidentKb() {
    return statusKb("VmHWM:");
  }

  private long statusKb(String field) {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/" + pid() + "/status"))) {
        if (line.startsWith(field)) {
          return Long.parseLong(line.replaceAll("[^0-9]", ""));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    throw new IllegalStateException("/proc/" + pid() + "/status has no " + field);
  }

  /** All that it, and those before it with the same file, wrote. */
  public String output() {
    return read(log);
  }

  /** The last lines of its log, under a headline. */
  public String tail(int lines) {
    return tail(log, lines);
  }

  static String tail(Path log, int lines) {
    List<String> all = read(log).lines().toList();
    List<String> last = all.subList(Math.max(0, all.size() - lines), all.size());
    return "\n--- " + log + "\n" + String.join("\n", last) + "\n";
  }

  private static String read(Path log) {
    try {
      return Files.exists(log)
          ? new String(Files.readAllBytes(log), StandardCharsets.ISO_8859_1)
          : "(no log)";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void signal(String name) {
    Command.run(List.of("kill", "-" + name, Long.toString(pid()))).ok();
  }

  /** Kills it if it still runs. */
  @Override
  public void close() {
    if (alive()) {
      kill();
    }
    try {
      Runtime.getRuntime().removeShutdownHook(onShutdown);
    } catch (IllegalStateException e) {
      // The JVM is ending: the hook runs, and finds nothing to do.
      return;
    }
  }
}
