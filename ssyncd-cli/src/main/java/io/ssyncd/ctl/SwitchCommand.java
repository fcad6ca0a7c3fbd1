package io.ssyncd.ctl;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code switch}. */
@Command(
    name = "switch",
    description = {
      "Makes this node the leader (master), or hands leadership to another (backup).",
      "switch master, switch backup"
    },
    footer = {
      "",
      "Examples:",
      "  ssyncdctl switch master           lead here",
      "  ssyncdctl switch backup           let another member lead",
      "",
      "Exit codes: 0 done, 75 no member can take it now."
    })
final class SwitchCommand implements Callable<Integer> {
  /** Which way. */
  enum To {
    MASTER,
    BACKUP
  }

  @ParentCommand private @Nullable Main main;

  @Parameters(index = "0", paramLabel = "master|backup", description = "What to become.")
  private To to = To.MASTER;

  @Parameters(
      index = "1..*",
      hidden = true,
      description = "The address and port of the old tool; members know each other's now.")
  private List<String> ignored = List.of();

  @Override
  public Integer call() throws ControlException {
    Main tool = Objects.requireNonNull(main);
    if (!ignored.isEmpty()) {
      tool.err().println("ssyncdctl: address and port are not needed any more: ignored");
    }
    Answer answer = tool.ask(Main.request("switch").put("to", to.name().toLowerCase(Locale.ROOT)));
    if (tool.json()) {
      tool.printJson(answer.result().put("version", 1));
    }
    return answer.exit();
  }
}
