package io.ssyncd.ctl;

import io.ssyncd.cli.Foreign;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

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
    BACKUP;

    /** As it is typed, and offered by completion. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @ParentCommand private @Nullable Main main;

  @Parameters(index = "0", paramLabel = "master|backup", description = "What to become.")
  private To to = To.MASTER;

  @Parameters(
      index = "1..*",
      arity = "0..4",
      paramLabel = "WORD",
      description =
          "As before: master [port P], backup address A port P. Members know each other's now.")
  private List<String> old = List.of();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws ControlException {
    Main tool = Objects.requireNonNull(main);
    if (!old.isEmpty()) {
      checkOldWords();
      tool.err().println("ssyncdctl: address and port are not needed any more: ignored");
    }
    Answer answer = tool.ask(Main.request("switch").put("to", to.name().toLowerCase(Locale.ROOT)));
    if (tool.json()) {
      tool.printJson(answer.result().put("version", 1));
    }
    return answer.exit();
  }

  private void checkOldWords() {
    boolean master = to == To.MASTER;
    boolean known =
        master
            ? old.size() == 2 && old.get(0).equals("port") && isPort(old.get(1))
            : old.size() == 4
                && old.get(0).equals("address")
                && old.get(2).equals("port")
                && isPort(old.get(3));
    if (!known) {
      throw new ParameterException(
          spec.commandLine(),
          (master ? "switch master [port P]" : "switch backup [address A port P]")
              + ", not "
              + Foreign.shown(String.join(" ", old)));
    }
  }

  private static boolean isPort(String text) {
    return text.matches("[0-9]{1,5}") && Integer.parseInt(text) <= 65535;
  }
}
