package io.ssyncd.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ssyncd.daemon.control.Exit;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code history}. */
@Command(
    name = "history",
    description = {
      "What became of a client's records, as far back as this host's log goes: at which index, when"
          + " by the leader's clock, and what it was from then on.",
    },
    footer = {
      "",
      "Examples:",
      "  ssyncdctl history 10.0.0.7",
      "  ssyncdctl history --limit 5 --scope shop abc123",
      "",
      "Exit codes: 0 found, 1 the log names nobody of that key or address,",
      "75 it cannot be read."
    })
final class HistoryCommand implements Callable<Integer> {
  @ParentCommand private @Nullable Main main;
  @Mixin private Who where = new Who();

  @Parameters(index = "0", paramLabel = "KEY|ADDRESS", description = "Whose, as in find.")
  private String who = "";

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "50",
      description = "How many changes of each record, the newest (${DEFAULT-VALUE}; up to 1000).")
  private int limit = 50;

  @Override
  public Integer call() throws ControlException {
    Main tool = Objects.requireNonNull(main);
    ObjectNode request = Main.request("history").put("who", who).put("limit", limit);
    where.into(request);
    Answer answer = tool.askPatiently(request, "reading the log");
    if (tool.json()) {
      tool.printJson(answer.result());
    } else if (answer.exit() == Exit.NOT_FOUND) {
      tool.err()
          .println(
              "ssyncdctl: the log names nobody of that key or address; it begins at index "
                  + answer.result().path("log").path("from").asLong());
    } else {
      tool.printUtf8(text(answer.result()));
    }
    return answer.exit();
  }

  static String text(JsonNode document) {
    StringBuilder out = new StringBuilder();
    JsonNode log = document.path("log");
    out.append("the log goes from index ").append(log.path("from").asLong());
    out.append(" to ").append(log.path("to").asLong()).append('\n');
    for (JsonNode record : document.path("records")) {
      out.append('\n');
      out.append(Prose.of("", "  ", RecordText.place(record)));
      if (record.path("older").asLong() > 0) {
        out.append("  ").append(record.path("older").asLong()).append(" older ones: --limit\n");
      }
      for (JsonNode change : record.path("changes")) {
        out.append(
            Prose.of(
                "  "
                    + Columns.right(change.path("index").asText(), 10)
                    + "  "
                    + Ages.second(change.path("at"))
                    + "  "
                    + Columns.left(change.path("op").asText(), 8),
                " ".repeat(44),
                RecordText.value(change)));
      }
      if (record.path("changes").isEmpty()) {
        out.append("  not since the log begins: it is in the snapshot alone\n");
      } else if (!record.path("held").asBoolean()) {
        out.append("  it is not held now\n");
      }
    }
    if (document.path("more").asBoolean()) {
      out.append("\nand more records; --kind and --scope narrow it down\n");
    }
    return out.toString();
  }
}
