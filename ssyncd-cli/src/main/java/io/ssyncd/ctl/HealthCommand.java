package io.ssyncd.ctl;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ssyncd.daemon.control.Exit;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** {@code health}. */
@Command(
    name = "health",
    description = "One word for scripts: healthy, degraded, no-quorum, not-running or unknown.",
    footer = {
      "",
      "Examples:",
      "  ssyncdctl health                  one word",
      "  ssyncdctl health >/dev/null || page-somebody",
      "",
      "Exit codes: 0 healthy, 1 degraded, 2 no quorum, 3 not running, 4 unknown."
    })
final class HealthCommand implements Callable<Integer> {
  private static final String[] WORDS = {"healthy", "degraded", "no-quorum"};

  @ParentCommand private @Nullable Main main;

  @Override
  public Integer call() {
    Main tool = Objects.requireNonNull(main);
    try {
      Answer answer = tool.ask(Main.request("status"));
      String word = answer.exit() < WORDS.length ? WORDS[answer.exit()] : "unknown";
      if (tool.json()) {
        ObjectNode health = JsonNodeFactory.instance.objectNode();
        health.put("version", 1).put("health", word);
        health.set("warnings", answer.result().path("warnings"));
        tool.printJson(health);
      } else {
        tool.print(word + "\n");
      }
      return answer.exit();
    } catch (ControlException e) {
      int exit = StatusCommand.exit(e);
      String word = exit == Exit.NOT_RUNNING ? "not-running" : "unknown";
      if (tool.json()) {
        ObjectNode health = JsonNodeFactory.instance.objectNode();
        health.put("version", 1).put("health", word).put("error", e.code());
        health.putArray("warnings");
        tool.printJson(health);
      } else {
        tool.print(word + "\n");
      }
      tool.err().println("ssyncdctl: " + e.getMessage());
      return exit;
    }
  }
}
