package io.ssyncd.ctl;

import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParentCommand;

/** {@code start}. */
@Command(
    name = "start",
    description = {
      "The leader collects this farm, or the tables, from now on.",
      "start http FARM, start recent",
      "It is kept in the log: it survives restarts and changes of the leader."
    },
    footer = {
      "",
      "Examples:",
      "  ssyncdctl start http shop         collect the sessions of farm shop",
      "  ssyncdctl start recent            and the entries of the xt_recent tables",
      "",
      "Exit codes: 0 done, 65 no such farm, 75 no quorum."
    })
final class StartCommand implements Callable<Integer> {
  @ParentCommand private @Nullable Main main;
  @Mixin private FeedArguments feed = new FeedArguments();

  @Override
  public Integer call() throws ControlException {
    Main tool = Objects.requireNonNull(main);
    Answer answer = ask(tool);
    boolean first = answer.result().path("first").asBoolean();
    if (tool.json()) {
      tool.printJson(answer.result().put("version", 1));
    } else if (feed.http()) {
      tool.printOld((first ? "starting http sync service\n" : "") + "http farm added");
    } else if (!first) {
      tool.printOld("recent sync service is already running");
    }
    return answer.exit();
  }

  /** A refusal has an old text of its own. */
  private Answer ask(Main tool) throws ControlException {
    try {
      return tool.ask(feed.request("start"));
    } catch (ControlException e) {
      if (feed.http() && !tool.json() && e.code().equals(ControlException.REFUSED)) {
        tool.printOld("error adding http farm listener");
      }
      throw e;
    }
  }
}
