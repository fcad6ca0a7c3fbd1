package io.ssyncd.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import io.ssyncd.cli.Foreign;
import java.time.Instant;

/** {@code diff} for people. */
final class DiffText {
  private DiffText() {}

  static String of(JsonNode diff) {
    StringBuilder out = new StringBuilder();
    String first = Foreign.shown(diff.path("members").path(0).asText());
    String second = Foreign.shown(diff.path("members").path(1).asText());
    line(
        out,
        "index %d, %s and %s: %s",
        diff.path("index").asLong(),
        first,
        second,
        diff.path("result").asText());
    line(out, "");
    line(out, "%-8s %-26s %12s %12s  %s", "KIND", "FARM OR TABLE", first, second, "RESULT");
    for (JsonNode scope : diff.path("scopes")) {
      line(
          out,
          "%-8s %-26s %12d %12d  %s",
          scope.path("kind").asText(),
          Foreign.shown(scope.path("scope").asText()),
          scope.path("records").path(0).asLong(),
          scope.path("records").path(1).asLong(),
          scope.path("result").asText());
    }
    for (JsonNode rest : diff.path("rest")) {
      line(out, "%s", Foreign.shown(rest.asText()));
    }
    for (JsonNode record : diff.path("records")) {
      JsonNode one = record.path("first");
      JsonNode two = record.path("second");
      line(out, "");
      line(out, "%s", where(one.isNull() ? two : one));
      line(out, "  %s: %s", first, what(one));
      line(out, "  %s: %s", second, what(two));
    }
    if (diff.path("more").asBoolean()) {
      line(out, "");
      line(out, "and more; --limit shows them");
    }
    return out.toString();
  }

  private static String where(JsonNode record) {
    String scope =
        record.path("kind").asText() + " " + Foreign.shown(record.path("scope").asText()) + ": ";
    if (!record.path("kind").asText().equals("http")) {
      return scope + record.path("address").asText();
    }
    String name = record.hasNonNull("name") ? " session " + record.path("name").asText() : "";
    return scope
        + "listener "
        + record.path("listener").asLong()
        + " service "
        + record.path("service").asLong()
        + name
        + " key "
        + (record.hasNonNull("key") ? Foreign.shown(record.path("key").asText()) : "(not shown)");
  }

  private static String what(JsonNode record) {
    if (record.isNull()) {
      return "-";
    }
    if (!record.path("kind").asText().equals("http")) {
      return "ttl "
          + record.path("ttl").asInt()
          + ", "
          + record.path("stampsMs").size()
          + " hits, last seen "
          + Instant.ofEpochMilli(record.path("lastSeenMs").asLong());
    }
    return "backend "
        + record.path("backend").asLong()
        + " at "
        + Foreign.shown(record.path("address").asText())
        + ", last access "
        + Instant.ofEpochMilli(record.path("lastAccessMs").asLong());
  }

  private static void line(StringBuilder out, String format, Object... values) {
    out.append(String.format(format, values).stripTrailing()).append('\n');
  }
}
