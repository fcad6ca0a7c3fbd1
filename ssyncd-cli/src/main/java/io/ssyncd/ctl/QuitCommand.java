package io.ssyncd.ctl;

import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** {@code quit}. */
@Command(
    name = "quit",
    description = "Ends the daemon; a leader hands leadership on first.",
    footer = {
      "",
      "Examples:",
      "  ssyncdctl quit                    before maintenance of this host"
    })
final class QuitCommand implements Callable<Integer> {
  @ParentCommand private @Nullable Main main;

  @Override
  public Integer call() throws ControlException {
    Main tool = Objects.requireNonNull(main);
    Answer answer = tool.ask(Main.request("quit"));
    if (tool.json()) {
      tool.printJson(answer.result().put("version", 1));
    }
    return answer.exit();
  }
}
