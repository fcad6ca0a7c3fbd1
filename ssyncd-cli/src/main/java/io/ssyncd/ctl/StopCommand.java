package io.ssyncd.ctl;

import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParentCommand;

/** {@code stop}. */
@Command(
    name = "stop",
    description = {
      "Nobody collects this farm, or the tables, any more.",
      "stop http FARM, stop recent",
      "The records stay."
    },
    footer = {
      "",
      "Examples:",
      "  ssyncdctl stop http shop          before farm shop is taken down",
      "",
      "Exit codes: 0 done, 75 no quorum."
    })
final class StopCommand implements Callable<Integer> {
  @ParentCommand private @Nullable Main main;
  @Mixin private FeedArguments feed = new FeedArguments();

  @Override
  public Integer call() throws ControlException {
    Main tool = Objects.requireNonNull(main);
    Answer answer = tool.ask(feed.request("stop"));
    boolean none = answer.result().path("first").asBoolean();
    if (tool.json()) {
      tool.printJson(answer.result().put("version", 1));
    } else if (feed.http()) {
      tool.printOld(none ? "http sync service not running\n" : "http farm removed");
    } else {
      tool.printOld(none ? "recent sync service not running\n" : "stopping recent sync service\n");
    }
    return answer.exit();
  }
}
