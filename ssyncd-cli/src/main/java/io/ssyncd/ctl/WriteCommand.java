package io.ssyncd.ctl;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code write}. */
@Command(
    name = "write",
    description = {
      "Writes what the cluster holds into this host's Pound and kernel, and reads it back.",
      "write http [FARM], write recent [TABLE], write all"
    },
    footer = {
      "",
      "Examples:",
      "  ssyncdctl write http --dry-run    what would change",
      "  ssyncdctl write all               sessions and tables",
      "  ssyncdctl write http shop         those of one farm",
      "  ssyncdctl write all --last-known  without a quorum: what this node holds",
      "",
      "Exit codes: 0 all is in place, 65 something was refused or mismatched, or not",
      "all of it is known here, 75 not now: the cluster or the process behind the",
      "sink cannot be reached, or this node collects from that Pound."
    })
final class WriteCommand implements Callable<Integer> {
  /** What can be written. */
  enum What {
    HTTP,
    RECENT,
    ALL;

    /** As it is typed, and offered by completion. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @ParentCommand private @Nullable Main main;

  @Parameters(index = "0", paramLabel = "http|recent|all", description = "What to write.")
  private What what = What.ALL;

  @Parameters(
      index = "1..*",
      paramLabel = "SCOPE",
      description = "This farm or table alone; \"recent table T\" as before is understood.")
  private List<String> scope = List.of();

  @Option(
      names = "--dry-run",
      description = "Report what would change, with examples, and change nothing.")
  private boolean dryRun;

  @Option(
      names = "--last-known",
      description =
          "Without asking the cluster: write what this node holds, and say how old it is.")
  private boolean lastKnown;

  @Option(
      names = "--force",
      description = "Also into the Pound that this node ingests from; may lose live changes.")
  private boolean force;

  @Override
  public Integer call() throws ControlException {
    Main tool = Objects.requireNonNull(main);
    ObjectNode request = Main.request("write");
    ArrayNode kinds = request.putArray("kinds");
    for (Kinds kind : Kinds.values()) {
      if (what == What.ALL || what.name().equals(kind.name())) {
        kinds.add(kind.word());
      }
    }
    ScopeArgument.of(scope, what.name()).ifPresent(name -> request.put("scope", name));
    request.put("dryRun", dryRun).put("lastKnown", lastKnown).put("force", force);
    Answer answer = tool.askPatiently(request, "writing");
    if (tool.json()) {
      tool.printJson(answer.result());
    } else {
      WriteText.print(answer, kinds, tool);
    }
    if (answer.result().path("lastKnown").asBoolean() && !lastKnown) {
      tool.err()
          .println(
              "ssyncdctl: warning: no majority is in reach: this is what this node knows itself;"
                  + " ssyncd -M goes on without the others");
    }
    return answer.exit();
  }
}
