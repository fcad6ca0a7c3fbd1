package io.ssyncd.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.ssyncd.cli.Foreign;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * {@code write} for people: the old tool's line alone goes to standard output, spelled as it always
 * was because scripts compare it; the report goes to standard error. Of a dry run, which the old
 * tool did not know, there is the report alone: nothing was written.
 */
final class WriteText {
  /** An age as long as this means that the time was never noted. */
  private static final Duration NEVER = Duration.ofDays(3650);

  private WriteText() {}

  static void print(Answer answer, ArrayNode kinds, Main tool) {
    JsonNode report = answer.result();
    for (JsonNode kind : report.path("dryRun").asBoolean() ? List.<JsonNode>of() : kinds) {
      boolean good = answer.exit() == 0 || isComplete(report, kind.asText());
      if (kind.asText().equals("http")) {
        tool.printOld(
            good ? "http session data written correclty" : "error writing http session data");
      } else {
        tool.printOld(
            "writing data"
                + (good ? "recent data written correclty" : "error writing recent data"));
      }
    }
    report(report).forEach(tool.err()::println);
  }

  private static boolean isComplete(JsonNode report, String kind) {
    if (!report.path("result").asText().equals("partial")) {
      return false;
    }
    for (JsonNode error : report.path("errors")) {
      if (!isAboutAnother(error.asText(), kind)) {
        return false;
      }
    }
    for (JsonNode scope : report.path("scopes")) {
      if (scope.path("kind").asText().equals(kind)
          && (scope.path("refused").asLong() > 0 || scope.path("mismatched").asLong() > 0)) {
        return false;
      }
    }
    return true;
  }

  /** What names no kind, such as a node that is behind, is about all of them. */
  private static boolean isAboutAnother(String error, String kind) {
    return Arrays.stream(Kinds.values())
        .map(Kinds::word)
        .anyMatch(other -> !other.equals(kind) && error.startsWith(other + " "));
  }

  /** As people say it; JSON has the milliseconds. */
  private static String age(long ms) {
    Duration age = Duration.ofMillis(ms);
    if (age.compareTo(NEVER) > 0) {
      return "at a time that was never noted";
    }
    if (age.toSeconds() < 1) {
      return ms + " ms ago";
    }
    if (age.toMinutes() < 1) {
      return age.toSeconds() + " s ago";
    }
    return age.toHours() < 1
        ? "%d min %d s ago".formatted(age.toMinutes(), age.toSecondsPart())
        : "%d h %d min ago".formatted(age.toHours(), age.toMinutesPart());
  }

  static List<String> report(JsonNode report) {
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            "%s%s: index %d, term %d, epoch %d, %d ms%s",
            report.path("result").asText(),
            report.path("dryRun").asBoolean() ? " (dry run: nothing was changed)" : "",
            report.path("index").asLong(),
            report.path("term").asLong(),
            report.path("epoch").asLong(),
            report.path("durationMs").asLong(),
            report.path("lastKnown").asBoolean()
                ? ", last known " + age(report.path("stateAgeMs").asLong())
                : ""));
    for (JsonNode scope : report.path("scopes")) {
      lines.add(
          String.format(
              "%s %s: %d applied, %d unchanged, %d removed, %d refused, %d mismatched, %d extra",
              scope.path("kind").asText(),
              Foreign.shown(scope.path("scope").asText()),
              scope.path("applied").asLong(),
              scope.path("unchanged").asLong(),
              scope.path("removed").asLong(),
              scope.path("refused").asLong(),
              scope.path("mismatched").asLong(),
              scope.path("extra").asLong()));
      for (Map.Entry<String, JsonNode> reason : scope.path("reasons").properties()) {
        boolean expired = reason.getKey().equals("expired");
        lines.add(
            (expired ? "  passed over, " : "  refused, ")
                + reason.getKey()
                + ": "
                + reason.getValue().asLong());
      }
      scope.path("examples").forEach(e -> lines.add("  " + Foreign.shown(e.asText())));
      planned(scope, lines);
      scope.path("notes").forEach(n -> lines.add("  note: " + Foreign.shown(n.asText())));
    }
    report.path("notes").forEach(n -> lines.add("note: " + Foreign.shown(n.asText())));
    report.path("errors").forEach(e -> lines.add("error: " + Foreign.shown(e.asText())));
    return lines;
  }

  /** A report names some records of each verb, and counts all of them. */
  private static void planned(JsonNode scope, List<String> lines) {
    Map<String, Long> left = new LinkedHashMap<>();
    left.put("write", scope.path("applied").asLong());
    left.put("remove", scope.path("removed").asLong());
    left.put("leave", scope.path("extra").asLong());
    for (JsonNode planned : scope.path("planned")) {
      String text = planned.asText();
      lines.add("  would " + Foreign.shown(text));
      left.computeIfPresent(text.split(" ", 2)[0], (verb, count) -> count - 1);
    }
    if (!scope.path("planned").isEmpty()) {
      left.forEach(
          (verb, count) -> {
            if (count > 0) {
              lines.add("  would " + verb + " " + count + " more");
            }
          });
    }
  }
}
