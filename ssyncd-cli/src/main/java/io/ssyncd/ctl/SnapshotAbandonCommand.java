package io.ssyncd.ctl;

import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** {@code snapshot abandon}. */
@Command(
    name = "abandon",
    description = "Drops what a restore that was broken off has gathered; the table stays.",
    footer = {
      "",
      "Examples:",
      "  ssyncdctl snapshot abandon        after a restore that was cut off",
      "",
      "Exit codes: 0 done, 75 no quorum."
    })
final class SnapshotAbandonCommand implements Callable<Integer> {
  @ParentCommand private @Nullable SnapshotCommand parent;

  @Override
  public Integer call() throws ControlException {
    Main tool = Objects.requireNonNull(parent).main();
    Answer answer = tool.ask(Main.request("snapshot-abandon"));
    if (tool.json()) {
      tool.printJson(answer.result().put("version", 1));
    } else if (!answer.result().path("abandoned").asBoolean()) {
      tool.err().println("there is no unfinished restore");
    }
    return answer.exit();
  }
}
