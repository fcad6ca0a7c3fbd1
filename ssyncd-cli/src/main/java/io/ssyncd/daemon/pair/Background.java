package io.ssyncd.daemon.pair;

import com.fasterxml.jackson.databind.JsonNode;
import io.ssyncd.daemon.control.Exit;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * {@code -d}: the daemon as a process of its own, in a session without a terminal, that outlives
 * who started it. This process waits until the control socket is answered by that one, and says so
 * with its exit code; what went wrong it says on standard error.
 *
 * <p>The daemon logs to a file, which is cut into four of 8 MiB; what it says before it logs is in
 * the file beside it that ends with {@code .start}.
 */
public final class Background {
  /** Who started the daemon, in the daemon's environment. */
  private static final String STARTED_BY = "SSYNCD_STARTED_BY";

  private static final Duration ANSWER = Duration.ofSeconds(60);
  private static final Duration MASTER = Duration.ofSeconds(10);
  private static final Duration POLL = Duration.ofMillis(50);
  private static final Duration STOP = Duration.ofSeconds(15);
  private static final int MAX_SAID_BYTES = 64 * 1024;

  private final Path socket;
  private final Path logFile;
  private final boolean master;
  private final PrintStream err;

  /**
   * @param socket the control socket that the daemon will answer
   * @param logFile where it logs
   * @param master whether it is to lead before the start counts as done
   * @param err takes what there is to say
   */
  public Background(Path socket, Path logFile, boolean master, PrintStream err) {
    this.socket = socket;
    this.logFile = logFile;
    this.master = master;
    this.err = err;
  }

  /** Whether this process is the daemon that {@link #start} started. */
  public static boolean isDaemon() {
    String by = System.getenv(STARTED_BY);
    return by != null
        && ProcessHandle.current()
            .parent()
            .map(parent -> Long.toString(parent.pid()).equals(by))
            .orElse(false);
  }

  /**
   * Starts the daemon and waits.
   *
   * @param args of this process
   * @return what to exit with: 0 once it answers
   */
  public int start(String... args) throws InterruptedException {
    Path said = logFile.resolveSibling(logFile.getFileName() + ".start");
    boolean another = Files.exists(said); // and perhaps the voice of a daemon that runs
    Process daemon;
    try {
      if (logFile.toAbsolutePath().getParent() != null) {
        Files.createDirectories(logFile.toAbsolutePath().getParent());
      }
      daemon = launch(said, args);
    } catch (IOException e) {
      err.println("ssyncd: it cannot be started in the background: " + e.getMessage());
      return Exit.CANNOT_CREATE;
    }
    long until = System.nanoTime() + ANSWER.toNanos();
    while (System.nanoTime() - until < 0) {
      if (daemon.waitFor(POLL.toMillis(), TimeUnit.MILLISECONDS)) {
        relayLast(said, another);
        int exit = daemon.exitValue();
        err.println("ssyncd: the daemon ended with " + exit + "; its log is " + logFile);
        return exit == Exit.OK ? Exit.TRY_AGAIN : exit;
      }
      Optional<JsonNode> answer = ControlQuestion.ask(socket, "ping");
      if (answer.isPresent() && answer.get().path("pid").asLong() == daemon.pid()) {
        return up(daemon, answer.get(), said);
      }
    }
    err.println(
        "ssyncd: the daemon did not answer at "
            + socket
            + " within "
            + ANSWER.toSeconds()
            + " s and is stopped; its log is "
            + logFile);
    daemon.destroy();
    if (!daemon.waitFor(STOP.toMillis(), TimeUnit.MILLISECONDS)) {
      daemon.destroyForcibly();
    }
    relayLast(said, another);
    return Exit.TRY_AGAIN;
  }

  private int up(Process daemon, JsonNode answer, Path said) throws InterruptedException {
    if (answer.hasNonNull("waiting")) {
      err.println("ssyncd: it runs, and is " + answer.path("waiting").asText());
    }
    long until = System.nanoTime() + MASTER.toNanos();
    while (master && daemon.isAlive() && !leads()) {
      if (System.nanoTime() - until >= 0) {
        err.println("ssyncd: it runs, but does not lead yet; its log is " + logFile);
        break;
      }
      Thread.sleep(POLL.toMillis());
    }
    boolean unused = relay(said);
    return Exit.OK;
  }

  private boolean leads() {
    return ControlQuestion.ask(socket, "mode")
        .filter(mode -> mode.path("mode").asText().equals("master"))
        .isPresent();
  }

  private Process launch(Path said, String... args) throws IOException {
    List<String> command = new ArrayList<>(List.of("setsid", program().toString()));
    command.addAll(List.of(args));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.redirectInput(Path.of("/dev/null").toFile());
    builder.redirectOutput(said.toFile());
    builder.redirectErrorStream(true);
    builder.environment().put(STARTED_BY, Long.toString(ProcessHandle.current().pid()));
    builder.environment().put("SSYNCD_LOG_FILE", logFile.toAbsolutePath().toString());
    builder
        .environment()
        .merge(
            "SSYNCD_JAVA_OPTS",
            "-Dlogback.configurationFile=logback-daemon.xml",
            (theirs, ours) -> ours + " " + theirs);
    return builder.start();
  }

  /** The script that starts this program: beside the directory of our own jar. */
  private static Path program() throws IOException {
    try {
      Path jar =
          Path.of(Background.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      Path found = jar.resolveSibling("../bin/ssyncd").normalize();
      if (Files.isExecutable(found)) {
        return found;
      }
      throw new IOException(found + " is not there");
    } catch (URISyntaxException e) {
      throw new IOException(e);
    }
  }

  /**
   * Says what a daemon said that has ended: where that is all, its file is needed no more.
   *
   * @param another whether the file was there before, and may be another daemon's as well
   */
  void relayLast(Path said, boolean another) {
    if (relay(said) && !another) {
      try {
        Files.deleteIfExists(said);
      } catch (IOException e) {
        err.println("ssyncd: " + said + " cannot be removed: " + e);
      }
    }
  }

  /** Whether nothing was left out. */
  private boolean relay(Path said) {
    try {
      byte[] bytes = Files.readAllBytes(said);
      int length = Math.min(bytes.length, MAX_SAID_BYTES);
      err.print(new String(bytes, 0, length, StandardCharsets.UTF_8));
      return length == bytes.length;
    } catch (IOException e) {
      err.println("ssyncd: what the daemon said is not to be had: " + e);
      return false;
    }
  }
}
