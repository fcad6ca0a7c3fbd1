package io.ssyncd.ctl;

import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** {@code members}. */
@Command(
    name = "members",
    description = "The members of the cluster: where they are, how far, and whether they answer.",
    footer = {
      "",
      "Examples:",
      "  ssyncdctl members                 a line for each",
      "",
      "Exit codes: 0 told, whatever state they are in; see status and health."
    })
final class MembersCommand implements Callable<Integer> {
  @ParentCommand private @Nullable Main main;

  @Override
  public Integer call() throws ControlException {
    Main tool = Objects.requireNonNull(main);
    Answer answer = tool.ask(Main.request("members"));
    if (tool.json()) {
      tool.printJson(answer.result());
    } else {
      tool.printUtf8(MembersText.of(answer.result().path("members")));
    }
    return answer.exit();
  }
}
