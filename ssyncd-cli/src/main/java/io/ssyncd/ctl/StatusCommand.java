package io.ssyncd.ctl;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.ssyncd.daemon.control.Exit;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code status}. */
@Command(
    name = "status",
    description = "Who leads, is everyone in sync, is the quorum safe, what is wrong.",
    footer = {
      "",
      "Examples:",
      "  ssyncdctl status                  for people",
      "  ssyncdctl -o json status          for programs: a stable contract",
      "",
      "Exit codes: 0 healthy, 1 degraded, 2 no quorum, 3 not running, 4 unknown."
    })
final class StatusCommand implements Callable<Integer> {
  private static final int MOST_ROWS = 10;

  @Option(
      names = "--all",
      description = "All members, farms and tables, however many; else the first ten of each.")
  private boolean all;

  @ParentCommand private @Nullable Main main;

  @Override
  public Integer call() throws ControlException {
    Main tool = Objects.requireNonNull(main);
    try {
      Answer answer = tool.ask(Main.request("status"));
      if (tool.json()) {
        tool.printJson(answer.result());
      } else {
        tool.printUtf8(
            StatusText.of(answer.result(), Instant.now(), all ? Integer.MAX_VALUE : MOST_ROWS));
      }
      return answer.exit();
    } catch (ControlException e) {
      return absent(tool, e);
    }
  }

  private static int absent(Main tool, ControlException e) {
    if (tool.json()) {
      tool.printJson(
          JsonNodeFactory.instance.objectNode().put("version", 1).put("error", e.code()));
    } else {
      tool.err().println("ssyncdctl: " + e.getMessage());
    }
    return exit(e);
  }

  /** Of {@code status} and {@code health}, where no status came. */
  static int exit(ControlException e) {
    return e.exit() == Exit.ABSENT ? Exit.NOT_RUNNING : Exit.UNKNOWN;
  }
}
