package io.ssyncd.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ssyncd.cli.Foreign;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code clear}. */
@Command(
    name = "clear",
    description = {
      "Drops records from the whole cluster. Asks first on a terminal.",
      "clear http [FARM], clear recent [TABLE]",
      "The kernel's tables are emptied on every member that is up; a Pound keeps its sessions."
    },
    footer = {
      "",
      "Examples:",
      "  ssyncdctl clear http shop         the sessions of farm shop",
      "  ssyncdctl clear recent --yes      all entries, without a question",
      "",
      "What one person left behind goes by purge.",
      "",
      "Exit codes: 0 done, 65 nobody has anything of that name, 75 no quorum."
    })
final class ClearCommand implements Callable<Integer> {
  @ParentCommand private @Nullable Main main;

  @Parameters(index = "0", paramLabel = "http|recent", description = "What to drop.")
  private Kinds kind = Kinds.HTTP;

  @Parameters(
      index = "1..*",
      paramLabel = "SCOPE",
      description = "This farm or table alone; \"recent table T\" as before is understood.")
  private List<String> scope = List.of();

  @Option(names = "--yes", description = "Do not ask.")
  private boolean yes;

  @Override
  public Integer call() throws ControlException {
    Main tool = Objects.requireNonNull(main);
    Optional<String> name = ScopeArgument.of(scope, kind.name());
    String what =
        kind == Kinds.HTTP
            ? "the HTTP sessions of " + name.map(n -> "farm " + n).orElse("all farms")
            : "the recent entries of " + name.map(n -> "table " + n).orElse("all tables");
    if (!Question.agreed(yes, "drop " + what + " from the whole cluster?", tool.err())) {
      tool.err().println("nothing was cleared");
      return 0;
    }
    ObjectNode request = Main.request("clear").put("kind", kind.word());
    name.ifPresent(n -> request.put("scope", n));
    Answer answer = tool.ask(request);
    if (tool.json()) {
      tool.printJson(answer.result().put("version", 1));
    } else {
      tool.err().println("cleared " + what);
      for (Map.Entry<String, JsonNode> table : answer.result().path("emptied").properties()) {
        tool.err()
            .println(
                "table "
                    + Foreign.shown(table.getKey())
                    + ": "
                    + table.getValue().asLong()
                    + " rows went out of this host's kernel");
      }
    }
    return answer.exit();
  }
}
