package io.ssyncd.ctl;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code import}. */
@Command(
    name = "import",
    sortOptions = false,
    description = {
      "Takes sessions and recent entries over from the master of an old pair.",
      "As its backup would, on the leader. Without an option: what it holds now.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  ssyncdctl import 10.0.0.1:7777             what it holds now",
      "  ssyncdctl import 10.0.0.1:7777 --follow    and what happens, until Ctrl-C",
      "  ssyncdctl import 10.0.0.1:7777 --for 10m   the same for ten minutes",
      "",
      "The old protocol says neither how old recent entries are nor when its answer is",
      "whole; the report says what is not known. The way is in docs/migration.md.",
      "",
      "Exit codes: 0 done, 65 something was refused, 75 this node does not lead,",
      "the old master cannot be reached, or an import runs already."
    })
final class ImportCommand implements Callable<Integer> {
  @ParentCommand private @Nullable Main main;

  @Parameters(index = "0", paramLabel = "ADDRESS:PORT", description = "The old master's.")
  private String master = "";

  @CommandLine.ArgGroup private @Nullable Until until;

  /** When to end; at most one of them. */
  static final class Until {
    @Option(
        names = "--follow",
        required = true,
        description = "Take what happens as well, until you stop it.")
    private boolean follow;

    @Option(
        names = "--for",
        required = true,
        paramLabel = "DURATION",
        converter = Span.class,
        description = "The same for that long, such as 90s, 10m or 2h.")
    private @Nullable Duration time;
  }

  @Option(
      names = "--hz",
      paramLabel = "N",
      description =
          "Jiffies a second of the old master's kernel (250): grep CONFIG_HZ= /boot/config-*.")
  private int hz;

  @Override
  public Integer call() throws ControlException {
    Main tool = Objects.requireNonNull(main);
    ObjectNode request = Main.request("import").put("master", master);
    Until end = until;
    if (end != null && end.follow) {
      request.put("follow", true);
    } else if (end != null && end.time != null) {
      request.put("forMs", end.time.toMillis());
    }
    if (hz != 0) {
      request.put("hz", hz);
    }
    try (ImportText text = new ImportText(tool)) {
      Answer answer = tool.ask(request, text);
      text.done(answer.result());
      return answer.exit();
    }
  }
}
