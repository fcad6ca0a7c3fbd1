package io.ssyncd.ctl;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code top}. */
@Command(
    name = "top",
    description = {
      "A live view: rates, lag, sessions of each farm and backend, the last changes of leader.",
      "q leaves it. Without a terminal, or with --once, one look is printed."
    },
    footer = {
      "",
      "Examples:",
      "  ssyncdctl top                     until q is typed",
      "  ssyncdctl top --once              one look, for a report",
      "  ssyncdctl -o json top --interval 10s",
      "",
      "Exit codes: those of status, and 69 when the daemon ends."
    })
final class TopCommand implements Callable<Integer> {
  private static final int ALL = 10_000;
  private static final Duration SHORTEST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofSeconds(60);

  @ParentCommand private @Nullable Main main;
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--once", description = "One look, with the rates of one interval.")
  private boolean once;

  @Option(
      names = "--interval",
      paramLabel = "DURATION",
      defaultValue = "2s",
      converter = Span.class,
      description = "How often to look (${DEFAULT-VALUE}; 1s to 60s).")
  private Duration interval = Duration.ofSeconds(2);

  @Override
  public Integer call() throws ControlException, InterruptedException {
    if (interval.compareTo(SHORTEST) < 0 || interval.compareTo(LONGEST) > 0) {
      throw new ParameterException(spec.commandLine(), "an interval is 1s to 60s");
    }
    Main tool = Objects.requireNonNull(main);
    Terminal terminal = Terminal.own();
    if (once || tool.json() || !terminal.in() || !terminal.out()) {
      return once(tool);
    }
    return terminal.moves() ? live(tool) : again(tool);
  }

  private Answer look(Main tool) throws ControlException {
    return tool.ask(Main.request("top"));
  }

  private Integer once(Main tool) throws ControlException, InterruptedException {
    Answer before = look(tool);
    Thread.sleep(interval.toMillis());
    Answer after = look(tool);
    Rates rates = Rates.between(before.result(), after.result());
    if (tool.json()) {
      ObjectNode document = after.result();
      ObjectNode node = document.putObject("rates");
      node.put("intervalMs", rates.interval().toMillis());
      node.put("entries", rates.entries());
      node.put("changes", rates.changes());
      node.put("events", rates.allEvents());
      tool.printJson(document);
    } else {
      tool.printUtf8(TopText.of(after.result(), rates, ALL));
    }
    return after.exit();
  }

  /** On a terminal whose cursor cannot be moved: one look below the other, until interrupted. */
  private Integer again(Main tool) throws ControlException, InterruptedException {
    Answer before = look(tool);
    while (true) {
      Thread.sleep(interval.toMillis());
      Answer after = look(tool);
      Rates rates = Rates.between(before.result(), after.result());
      tool.printUtf8(TopText.of(after.result(), rates, ALL) + "\n");
      tool.flush();
      before = after;
    }
  }

  private Integer live(Main tool) throws ControlException, InterruptedException {
    try (Screen screen = Screen.open(System.out, System.in)) {
      Answer before = look(tool);
      Rates rates = Rates.between(before.result(), before.result());
      while (true) {
        int lines = screen.lines();
        screen.draw(TopText.of(before.result(), rates, lines), lines);
        if (screen.isLeft(interval.toMillis())) {
          return before.exit();
        }
        Answer after = look(tool);
        rates = Rates.between(before.result(), after.result());
        before = after;
      }
    } catch (IOException e) {
      tool.err().println("ssyncdctl: the terminal cannot be drawn on: " + e.getMessage());
      return once(tool);
    }
  }
}
