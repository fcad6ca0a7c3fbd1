package io.ssyncd.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.ssyncd.cli.Foreign;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** {@code digest}. */
@Command(
    name = "digest",
    description = {
      "Compares what the members hold: each notes its digest at one entry of the log.",
      "One line for all that is replicated, then one for each farm or table."
    },
    footer = {
      "",
      "Examples:",
      "  ssyncdctl digest                  a line for each farm and table",
      "",
      "Exit codes: 0 all members hold the same, 65 some differ,",
      "75 no entry can be committed, or a member cannot be compared now."
    })
final class DigestCommand implements Callable<Integer> {
  private static final String ROW = "%-8s %-26s %9s  %-16s  %s";

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
    out.append(Foreign.shown(report.path("result").asText())).append("\n\n");
    line(out, "KIND", "FARM OR TABLE", "RECORDS", "DIGEST", "RESULT");
    row(out, "all", "", report.path("members"));
    for (JsonNode scope : report.path("scopes")) {
      row(
          out,
          scope.path("kind").asText(),
          Foreign.shown(scope.path("scope").asText()),
          scope.path("members"));
    }
    return out.toString();
  }

  /** What most have, and then who has it and who has not. */
  private static void row(StringBuilder out, String kind, String scope, JsonNode members) {
    JsonNode right = MissingNode.getInstance();
    Map<String, List<String>> byResult = new LinkedHashMap<>();
    for (JsonNode member : members) {
      String result = member.path("result").asText();
      right = right.isMissingNode() && result.equals("equal") ? member : right;
      byResult
          .computeIfAbsent(result, unused -> new ArrayList<>())
          .add(Foreign.shown(member.path("name").asText()) + (isOff(member) ? held(member) : ""));
    }
    String results =
        byResult.entrySet().stream()
            .map(each -> each.getKey() + ": " + String.join(", ", each.getValue()))
            .collect(Collectors.joining("; "));
    line(
        out,
        kind,
        scope,
        right.hasNonNull("records") ? right.path("records").asText() : "",
        right.hasNonNull("digest") ? right.path("digest").asText() : "-",
        results);
  }

  private static boolean isOff(JsonNode member) {
    return member.path("result").asText().equals("differs");
  }

  private static String held(JsonNode member) {
    String records =
        member.hasNonNull("records") ? member.path("records").asText() + " records, " : "";
    return " (" + records + member.path("digest").asText() + ")";
  }

  private static void line(StringBuilder out, Object... columns) {
    out.append(String.format(ROW, columns).stripTrailing()).append('\n');
  }
}
