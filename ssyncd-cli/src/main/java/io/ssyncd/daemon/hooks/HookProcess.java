package io.ssyncd.daemon.hooks;

import io.ssyncd.source.program.Kin;
import io.ssyncd.source.program.ProgramFile;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of a hook: from its start to its end, or to the end of its time. It has the daemon's
 * environment, but for the daemon's own variables, the root directory as its own, and no input.
 */
final class HookProcess {
  private static final Logger log = LoggerFactory.getLogger(HookProcess.class);

  private static final String PREFIX = "SSYNCD_";

  private static final int POLL_MS = 20;

  private final List<String> command;
  private final Map<String, String> variables;
  private final Duration timeout;
  private final Kin kin = new Kin();
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
    String objection = ProgramFile.objection(command.get(0)).orElse(null);
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
    return kin.mark(builder);
  }

  private End follow(Process process, InputStream from) throws IOException, InterruptedException {
    long until = System.nanoTime() + timeout.toNanos();
    boolean prints = false;
    while (!process.waitFor(prints ? 1 : POLL_MS, TimeUnit.MILLISECONDS)) {
      // A pipe holds 64 KiB: one that prints much would spend its time waiting for us.
      prints = output.take(from);
      if (System.nanoTime() - until >= 0) {
        kill(process);
        return end(
            Result.TIMEOUT,
            "it took longer than " + timeout.toMillis() + " ms, and was killed with its children");
      }
    }
    boolean unused = output.take(from);
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

  private void kill(Process process) {
    if (!kin.kill(process)) {
      log.warn("{}: some of its children may live on", command.get(0));
    }
  }
}
