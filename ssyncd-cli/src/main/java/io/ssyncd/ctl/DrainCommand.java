package io.ssyncd.ctl;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ssyncd.cli.Foreign;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code drain}. */
@Command(
    name = "drain",
    description = {
      "Takes this host out of service: hands leadership on, waits until another member collects"
          + " sessions, then ends the daemon.",
    },
    footer = {
      "",
      "The daemon goes on if nobody can take over, or does not in time, or if the rest",
      "would be without a majority. Where leadership follows the address, move the",
      "address first.",
      "",
      "Examples:",
      "  ssyncdctl drain                   before maintenance of this host",
      "  ssyncdctl drain --timeout 5m      where writing takes long",
      "",
      "Exit codes: 0 drained and ended, 75 not: it says why."
    })
final class DrainCommand implements Callable<Integer> {
  @ParentCommand private @Nullable Main main;

  @Option(names = "--force", description = "End the daemon whatever stands against it.")
  private boolean force;

  @Option(
      names = "--timeout",
      paramLabel = "DURATION",
      defaultValue = "60s",
      converter = Span.class,
      description = "How long to wait for another member, such as 5m (${DEFAULT-VALUE}).")
  private Duration timeout = Duration.ofSeconds(60);

  @Override
  public Integer call() throws ControlException {
    Main tool = Objects.requireNonNull(main);
    ObjectNode request =
        Main.request("drain").put("force", force).put("timeoutSeconds", timeout.toSeconds());
    Answer answer;
    try (Progress progress = tool.progress("draining")) {
      answer = tool.ask(request, item -> progress.at(item.path("step").asText()));
    }
    if (tool.json()) {
      tool.printJson(answer.result());
    } else if (answer.result().hasNonNull("successor")) {
      tool.printUtf8(
          Foreign.shown(answer.result().path("successor").asText())
              + " serves; this daemon ends\n");
    } else {
      tool.printUtf8("this daemon ends by force\n");
    }
    if (answer.result().hasNonNull("forced")) {
      tool.err().println(Foreign.shown(answer.result().path("forced").asText()));
    }
    return answer.exit();
  }
}
