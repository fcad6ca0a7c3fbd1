package io.ssyncd.ctl;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code show}. */
@Command(
    name = "show",
    description = {
      "The records that the cluster holds, or whether this node is master or backup.",
      "show http [FARM], show recent [TABLE], show mode"
    },
    footer = {
      "",
      "Examples:",
      "  ssyncdctl show http shop          the sessions of farm shop",
      "  ssyncdctl show recent             the entries of all tables",
      "  ssyncdctl show http --reveal      with the keys that are passwords",
      "  ssyncdctl show mode               master or backup, for scripts",
      "",
      "Keys of BASIC services are user and password, and are not shown; nor are those",
      "of services that this host's pound.cfg does not name. Control characters in",
      "keys are shown as \\x1b; -o json tells every byte.",
      "",
      "Exit codes: 0 shown, also if there is nothing; 77 --reveal is not for you."
    })
final class ShowCommand implements Callable<Integer> {
  /** What can be shown. */
  enum What {
    HTTP,
    RECENT,
    MODE;

    /** As it is typed, and offered by completion. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @ParentCommand private @Nullable Main main;

  @Parameters(index = "0", paramLabel = "http|recent|mode", description = "What to show.")
  private What what = What.MODE;

  @Parameters(
      index = "1..*",
      paramLabel = "SCOPE",
      description = "This farm or table alone; \"recent table T\" is understood.")
  private List<String> scope = List.of();

  @Option(
      names = "--reveal",
      description =
          "Also the keys that are passwords. For root and the daemon's own user; noted in its log.")
  private boolean reveal;

  @Override
  public Integer call() throws ControlException {
    Main tool = Objects.requireNonNull(main);
    Optional<String> name = ScopeArgument.of(scope, what.name());
    if (what == What.MODE) {
      Answer answer = tool.ask(Main.request("mode"));
      if (tool.json()) {
        tool.printJson(answer.result().put("version", 1));
      } else {
        tool.printOld(answer.result().path("mode").asText());
      }
      return answer.exit();
    }
    ObjectNode request = Main.request("show").put("kind", Kinds.valueOf(what.name()).word());
    if (reveal) {
      request.put("reveal", true);
    }
    name.ifPresent(one -> request.put("scope", one));
    ItemPrinter printer = tool.json() ? new ItemPrinter.Json(tool) : OldPrinter.show(what, tool);
    Answer answer = tool.ask(request, printer::item);
    printer.end();
    return answer.exit();
  }
}
