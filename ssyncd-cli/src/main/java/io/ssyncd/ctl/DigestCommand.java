package io.ssyncd.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** {@code digest}. */
@Command(
    name = "digest",
    description = {
      "Compares what the members hold: each notes its digest at one entry of the log.",
      "One line for each member, then one for each farm or table and member."
    },
    footer = {
      "",
      "Exit codes: 0 all members hold the same, 65 some differ,",
      "75 no entry can be committed, or a member cannot be compared now."
    })
final class DigestCommand implements Callable<Integer> {
  private static final String ROW = "%-8s %-26s %-12s %9s  %-16s  %s";

  @ParentCommand private @Nullable Main main;

  @Override
  public Integer call() throws ControlException {
    Main tool = Objects.requireNonNull(main);
    Answer answer = tool.ask(Main.request("digest"));
    if (tool.json()) {
      tool.printJson(answer.result());
    } else {
      tool.printUtf8(text(answer.result()));
    }
    return answer.exit();
  }

  static String text(JsonNode report) {
    StringBuilder out = new StringBuilder();
    out.append("index ").append(report.path("index").asLong()).append(", ");
    out.append(Lines.shown(report.path("result").asText())).append("\n\n");
    line(out, "KIND", "FARM OR TABLE", "MEMBER", "RECORDS", "DIGEST", "RESULT");
    for (JsonNode member : report.path("members")) {
      row(out, "all", "", member);
    }
    for (JsonNode scope : report.path("scopes")) {
      for (JsonNode member : scope.path("members")) {
        row(out, scope.path("kind").asText(), scope.path("scope").asText(), member);
      }
    }
    return out.toString();
  }

  private static void row(StringBuilder out, String kind, String scope, JsonNode member) {
    line(
        out,
        kind,
        Lines.shown(scope),
        Lines.shown(member.path("name").asText()),
        member.hasNonNull("records") ? member.path("records").asText() : "",
        member.hasNonNull("digest") ? member.path("digest").asText() : "-",
        member.path("result").asText());
  }

  private static void line(StringBuilder out, Object... columns) {
    out.append(String.format(ROW, columns).stripTrailing()).append('\n');
  }
}
