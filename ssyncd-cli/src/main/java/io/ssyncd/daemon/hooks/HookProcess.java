package io.ssyncd.daemon.hooks;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of a hook: from its start to its end, or to the end of its time. It has the daemon's
 * environment, but for the daemon's own variables, the root directory as its own, and no input.
 */
final class HookProcess {
  private static final Logger log = LoggerFactory.getLogger(HookProcess.class);

  private static final String PREFIX = "SSYNCD_";

  /** Names the run in the environment, which children inherit, whoever their parent is by then. */
  private static final String RUN = PREFIX + "RUN";

  private static final int POLL_MS = 20;

  /** How often is looked for what the killed ones left behind. */
  private static final int KILL_ROUNDS = 50;

  private final List<String> command;
  private final Map<String, String> variables;
  private final Duration timeout;
  private final String run = UUID.randomUUID().toString();
  private final HookOutput output = new HookOutput();

  /** How a run ended. */
  enum Result {
    /** With exit code 0. */
    OK,
    /** With another one, or by a signal. */
    FAILED,
    /** It took too long and was killed. */
    TIMEOUT,
    /** It could not be started. */
    NOT_STARTED
  }

  /**
   * The end of a run.
   *
   * @param text why it was none that one wants; empty for {@link Result#OK}
   * @param output the beginning of what it printed
   */
  record End(Result result, String text, List<String> output) {}

  HookProcess(List<String> command, Map<String, String> variables, Duration timeout) {
    this.command = command;
    this.variables = variables;
    this.timeout = timeout;
  }

  /**
   * Runs it and waits for its end.
   *
   * @throws InterruptedException if this thread is interrupted; it is killed then
   */
  End run() throws InterruptedException {
    String objection = HookFile.objection(command.get(0)).orElse(null);
    if (objection != null) {
      return end(Result.NOT_STARTED, objection);
    }
    Process process;
    try {
      process = builder().start();
    } catch (IOException e) {
      return end(Result.NOT_STARTED, String.valueOf(e.getMessage()));
    }
    try (InputStream from = process.getInputStream()) {
      return follow(process, from);
    } catch (IOException e) {
      kill(process);
      return end(Result.FAILED, "its output cannot be read: " + e);
    } catch (InterruptedException e) {
      kill(process);
      throw e;
    }
  }

  private ProcessBuilder builder() {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(new File("/"))
            .redirectErrorStream(true)
            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
    Map<String, String> environment = builder.environment();
    environment.keySet().removeIf(name -> name.startsWith(PREFIX));
    variables.forEach((name, value) -> environment.put(PREFIX + name, value));
    environment.put(RUN, run);
    return builder;
  }

  private End follow(Process process, InputStream from) throws IOException, InterruptedException {
    long until = System.nanoTime() + timeout.toNanos();
    while (!process.waitFor(POLL_MS, TimeUnit.MILLISECONDS)) {
      output.take(from);
      if (System.nanoTime() - until >= 0) {
        kill(process);
        return end(
            Result.TIMEOUT,
            "it took longer than " + timeout.toMillis() + " ms, and was killed with its children");
      }
    }
    output.take(from);
    int exit = process.exitValue();
    return exit == 0 ? end(Result.OK, "") : end(Result.FAILED, exitText(exit));
  }

  /** The JVM tells a signal as a shell does. */
  private static String exitText(int exit) {
    return exit > 128 && exit < 160
        ? "a signal ended it: " + (exit - 128)
        : "it ended with " + exit;
  }

  private End end(Result result, String text) {
    return new End(result, text, output.lines());
  }

  /** Also those that left their parents: they carry the run's name in their environment. */
  private void kill(Process process) {
    List<ProcessHandle> children = process.descendants().toList();
    process.destroyForcibly();
    children.forEach(ProcessHandle::destroyForcibly);
    byte[] mark = (RUN + "=" + run).getBytes(StandardCharsets.UTF_8);
    for (int round = 0; round < KILL_ROUNDS; round++) {
      List<ProcessHandle> left;
      try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
        left = all.filter(each -> carries(each.pid(), mark)).toList();
      }
      if (left.isEmpty()) {
        return;
      }
      left.forEach(ProcessHandle::destroyForcibly);
    }
    log.warn("{}: some of its children may live on", command.get(0));
  }

  private static boolean carries(long pid, byte[] mark) {
    byte[] environment;
    try {
      environment = Files.readAllBytes(Path.of("/proc", Long.toString(pid), "environ"));
    } catch (IOException e) {
      return false; // It is gone, or another user's.
    }
    return new String(environment, StandardCharsets.ISO_8859_1)
        .contains(new String(mark, StandardCharsets.ISO_8859_1));
  }
}
