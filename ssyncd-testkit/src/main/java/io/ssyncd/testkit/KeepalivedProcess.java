package io.ssyncd.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real keepalived, its VRRP part alone, that works in a balancer's network namespace. It is
 * started from this process's own namespace, for its process tracking sees nothing else. Used by
 * one thread.
 */
public final class KeepalivedProcess implements AutoCloseable {
  private static final int END_SECONDS = 20;
  private static final String PID = "keepalived.pid";
  private static final String VRRP_PID = "vrrp.pid";
  private static final Logger log = LoggerFactory.getLogger(KeepalivedProcess.class);

  private final NetworkNamespace namespace;
  private final Path directory;
  private @Nullable Process process;

  /**
   * One that does not run yet.
   *
   * @param directory where its files lie
   */
  public KeepalivedProcess(NetworkNamespace namespace, Path directory) {
    this.namespace = namespace;
    this.directory = directory;
  }

  /** Where the program is, as root's PATH or Debian has it. */
  private static Optional<Path> program() {
    String path = System.getenv().getOrDefault("PATH", "") + ":/usr/sbin:/sbin";
    return Stream.of(path.split(":"))
        .map(folder -> Path.of(folder, "keepalived"))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Whether there is a keepalived; says so if not. */
  public static boolean installed() {
    boolean there = program().isPresent();
    if (!there) {
      log.warn("NOT RUN: there is no keepalived here (scripts/install-packages tests)");
    }
    return there;
  }

  /**
   * Has keepalived look at a file in that namespace, whose interfaces it may name.
   *
   * @throws IOException if it finds anything wrong, such as a word that it does not know
   */
  public static void check(NetworkNamespace namespace, Path file)
      throws IOException, InterruptedException {
    String unused =
        namespace.run(
            program().orElseThrow().toString(),
            "--config-test",
            "--log-console",
            "--use-file=" + file.toAbsolutePath());
  }

  /** Its configuration for the next start or {@link #reload}. */
  public KeepalivedProcess configure(String text) {
    try {
      Files.createDirectories(directory);
      // A keyword of the file's top level; the example is for a host of its own.
      Files.writeString(config(), "net_namespace " + namespace.name() + "\n" + text);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts it; does not wait for it to do anything. */
  public KeepalivedProcess start() {
    if (process != null && process.isAlive()) {
      throw new IllegalStateException("keepalived runs in " + namespace.name());
    }
    List<String> command =
        List.of(
            program().orElseThrow().toString(),
            "--dont-fork",
            "--log-console",
            "--log-detail",
            "--vrrp",
            "--use-file=" + config(),
            "--pid=" + directory.resolve(PID),
            "--vrrp_pid=" + directory.resolve(VRRP_PID));
    try {
      // What kill -9 leaves: keepalived would not start if anybody has got that pid by now. A boot
      // empties /run.
      Files.deleteIfExists(directory.resolve(PID));
      Files.deleteIfExists(directory.resolve(VRRP_PID));
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(output().toFile()))
              .start();
      process.getOutputStream().close();
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Has it read its configuration again (SIGHUP). */
  public void reload() {
    Command.run(List.of("kill", "-HUP", Long.toString(running().pid()))).ok();
  }

  /** Its own process id and its child's. */
  public List<Long> pids() {
    return Stream.concat(Stream.of(running().toHandle()), running().descendants())
        .map(ProcessHandle::pid)
        .toList();
  }

  /**
   * {@code kill -9} to it and to its child, if they run: the address stays where it was. Returns
   * when it is dead.
   */
  public void kill() {
    Process parent = running();
    // The parent first: it would start another child.
    List<ProcessHandle> children = parent.descendants().toList();
    parent.destroyForcibly();
    children.forEach(ProcessHandle::destroyForcibly);
    awaitEnd(parent);
  }

  /** Tells it to end (SIGTERM): it takes the address away. */
  public void stop() {
    Process parent = running();
    parent.destroy();
    awaitEnd(parent);
  }

  /** What it said, over all its lives. */
  public String said() {
    try {
      return Files.exists(output()) ? Files.readString(output()) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    if (process != null && process.isAlive()) {
      kill();
    }
  }

  private Path config() {
    return directory.resolve("keepalived.conf");
  }

  private Path output() {
    return directory.resolve("keepalived.log");
  }

  private Process running() {
    if (process == null) {
      throw new IllegalStateException("keepalived was never started in " + namespace.name());
    }
    return process;
  }

  private void awaitEnd(Process which) {
    try {
      if (!which.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
        which.destroyForcibly();
        throw new AssertionError("keepalived did not end: " + said());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
