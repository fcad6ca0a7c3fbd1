package io.ssyncd.ctl;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** {@code quit}. */
@Command(
    name = "quit",
    description = {
      "Ends the daemon; a leader hands leadership on first.",
      "Returns once the process has ended, or after 15 s."
    },
    footer = {
      "",
      "Examples:",
      "  ssyncdctl quit                    before maintenance of this host"
    })
final class QuitCommand implements Callable<Integer> {
  private static final Duration MOST = Duration.ofSeconds(15);
  private static final Duration POLL = Duration.ofMillis(20);

  @ParentCommand private @Nullable Main main;

  @Override
  public Integer call() throws ControlException {
    Main tool = Objects.requireNonNull(main);
    Answer answer = tool.ask(Main.request("quit"));
    awaitEnd(answer.result().path("pid").asLong());
    if (tool.json()) {
      tool.printJson(answer.result().put("version", 1));
    }
    return answer.exit();
  }

  /** Scripts start the next one at once. */
  private static void awaitEnd(long pid) {
    long until = System.nanoTime() + MOST.toNanos();
    try {
      while (pid > 0 && runs(pid) && System.nanoTime() - until < 0) {
        Thread.sleep(POLL.toMillis());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A dead process that nobody has buried has given back all that it held. */
  private static boolean runs(long pid) {
    try {
      String stat =
          Files.readString(Path.of("/proc/" + pid + "/stat"), StandardCharsets.ISO_8859_1);
      char state = stat.charAt(stat.lastIndexOf(')') + 2);
      return state != 'Z' && state != 'X';
    } catch (IOException gone) {
      return false;
    }
  }
}
