package io.ssyncd.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ssyncd.daemon.control.Exit;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code find}. */
@Command(
    name = "find",
    description = {
      "Where a client is stuck: its farm and backend or its table, since when, and which entry of"
          + " the log put it there.",
    },
    footer = {
      "",
      "KEY is a session's key as show prints it, or the name that reports call it by;",
      "bytes that are no text as \\xNN. Keys that are passwords are not printed.",
      "",
      "Examples:",
      "  ssyncdctl find 10.0.0.7              a client by its address",
      "  ssyncdctl find --kind http abc123    a session by its key",
      "",
      "Exit codes: 0 found, 1 nobody of that key or address is held,",
      "75 the log cannot be read."
    })
final class FindCommand implements Callable<Integer> {
  @ParentCommand private @Nullable Main main;
  @Mixin private Who where = new Who();

  @Parameters(index = "0", paramLabel = "KEY|ADDRESS", description = "Whom to find.")
  private String who = "";

  @Override
  public Integer call() throws ControlException {
    Main tool = Objects.requireNonNull(main);
    ObjectNode request = Main.request("find").put("who", who);
    where.into(request);
    Answer answer = tool.askPatiently(request, "reading the log");
    if (tool.json()) {
      tool.printJson(answer.result());
    } else if (answer.exit() == Exit.NOT_FOUND) {
      tool.err().println("ssyncdctl: nobody of that key or address is held");
    } else {
      tool.printUtf8(text(answer.result()));
    }
    return answer.exit();
  }

  static String text(JsonNode document) {
    StringBuilder out = new StringBuilder();
    for (JsonNode match : document.path("matches")) {
      out.append(out.length() == 0 ? "" : "\n");
      out.append(Prose.of("", "  ", RecordText.place(match)));
      out.append(Prose.of("  ", "    ", RecordText.value(match)));
      out.append(Prose.of("  ", "    ", since(match, document.path("log"))));
    }
    if (document.path("more").asBoolean()) {
      out.append("\nand more; --kind and --scope narrow it down\n");
    }
    return out.toString();
  }

  private static String since(JsonNode match, JsonNode log) {
    JsonNode since = match.path("since");
    if (!since.hasNonNull("index")) {
      return "put there before index "
          + log.path("from").asLong()
          + ", where the log begins (in the snapshot)";
    }
    String said =
        "put there at index " + since.path("index").asLong() + ", " + Ages.second(since.path("at"));
    if (!since.path("certain").asBoolean()) {
      said += ", or before index " + log.path("from").asLong() + ", where the log begins";
    }
    JsonNode latest = match.path("latest");
    return latest.path("index").equals(since.path("index"))
        ? said
        : said
            + "; last said at index "
            + latest.path("index").asLong()
            + ", "
            + Ages.second(latest.path("at"));
  }
}
