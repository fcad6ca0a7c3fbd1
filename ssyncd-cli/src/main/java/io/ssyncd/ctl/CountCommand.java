package io.ssyncd.ctl;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code count}. */
@Command(
    name = "count",
    description = {
      "How many records the cluster holds: per farm one line a service; per table.",
      "count http [FARM], count recent [TABLE]"
    },
    footer = {
      "",
      "Examples:",
      "  ssyncdctl count http              sessions per farm and service",
      "  ssyncdctl count http shop         those of farm shop",
      "  ssyncdctl count recent            entries per table",
      "",
      "Exit codes: 0 counted, also if there are none."
    })
final class CountCommand implements Callable<Integer> {
  @ParentCommand private @Nullable Main main;

  @Parameters(index = "0", paramLabel = "http|recent", description = "What to count.")
  private Kinds kind = Kinds.HTTP;

  @Parameters(
      index = "1..*",
      paramLabel = "SCOPE",
      description = "This farm or table alone; \"recent table T\" is understood.")
  private List<String> scope = List.of();

  @Override
  public Integer call() throws ControlException {
    Main tool = Objects.requireNonNull(main);
    ObjectNode request = Main.request("count").put("kind", kind.word());
    ScopeArgument.of(scope, kind.name()).ifPresent(name -> request.put("scope", name));
    ItemPrinter printer = tool.json() ? new ItemPrinter.Json(tool) : OldPrinter.count(tool);
    Answer answer = tool.ask(request, printer::item);
    printer.end();
    return answer.exit();
  }
}
