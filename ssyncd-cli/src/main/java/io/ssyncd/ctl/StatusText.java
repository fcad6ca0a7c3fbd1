package io.ssyncd.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.stream.Stream;

/** {@code status} for people, in 80 columns. */
final class StatusText {
  private StatusText() {}

  static String of(JsonNode status) {
    StringBuilder out = new StringBuilder();
    line(
        out,
        "%s: %s, %s since %s",
        status.path("node").asText(),
        status.path("role").asText(),
        status.path("state").asText(),
        seconds(status.path("stateSince")));
    line(
        out,
        "leader %s, term %d, epoch %d, %s, %s",
        status.path("leader").isNull() ? "unknown" : status.path("leader").asText(),
        status.path("term").asLong(),
        status.path("epoch").asLong(),
        status.path("quorum").asBoolean() ? "quorum" : "NO QUORUM",
        status.path("inSync").asBoolean() ? "in sync" : "NOT IN SYNC");
    line(
        out,
        "index %d applied of %d, digest %s",
        status.path("appliedIndex").asLong(),
        status.path("commitIndex").asLong(),
        status.path("digest").asText());
    keepalived(out, status.path("keepalived"));
    members(out, status.path("members"));
    sessions(out, status.path("sessions"));
    feeds(out, status.path("sources"), status.path("sinks"));
    writes(out, status.path("sinks"));
    followed(out, status.path("materialise"));
    for (JsonNode warning : status.path("warnings")) {
      line(out, "warning %s: %s", warning.path("code").asText(), warning.path("text").asText());
    }
    return out.toString();
  }

  /** Nothing where neither a track file nor an address was configured. */
  private static void keepalived(StringBuilder out, JsonNode told) {
    boolean tracks = told.path("track").isNumber();
    String vip = told.path("vip").asText("unwatched");
    if (!vip.equals("unwatched")) {
      StringBuilder said = new StringBuilder();
      for (Map.Entry<String, JsonNode> each : told.path("instances").properties()) {
        said.append(", ").append(each.getKey()).append(' ').append(each.getValue().asText());
      }
      line(out, "%s", "address " + vip + said);
    }
    if (tracks) {
      line(out, "track file %d: %s", told.path("track").asInt(), told.path("trackWhy").asText());
    }
  }

  private static void members(StringBuilder out, JsonNode members) {
    line(out, "");
    line(
        out,
        "%-12s %-10s %-22s %-8s %8s %8s",
        "MEMBER",
        "ROLE",
        "ADDRESS",
        "REACHED",
        "LAG",
        "LAG MS");
    for (JsonNode member : members) {
      line(
          out,
          "%-12s %-10s %-22s %-8s %8s %8s",
          member.path("name").asText(),
          orDash(member.path("role")),
          member.path("address").asText(),
          member.path("reachable").asBoolean() ? "yes" : "NO",
          orDash(member.path("lagEntries")),
          orDash(member.path("lagMs")));
    }
  }

  private static void sessions(StringBuilder out, JsonNode sessions) {
    line(out, "");
    line(out, "%-8s %-40s %12s", "KIND", "FARM OR TABLE", "SESSIONS");
    for (Map.Entry<String, JsonNode> kind : sessions.properties()) {
      for (Map.Entry<String, JsonNode> scope : kind.getValue().properties()) {
        line(out, "%-8s %-40s %12d", kind.getKey(), scope.getKey(), scope.getValue().asLong());
      }
    }
  }

  private static void feeds(StringBuilder out, JsonNode sources, JsonNode sinks) {
    line(out, "");
    line(
        out,
        "%-8s %-26s %-10s %-10s %-10s %12s",
        "KIND",
        "FEED",
        "LINK",
        "INGEST",
        "SINK",
        "EVENTS");
    for (int i = 0; i < sources.size(); i++) {
      JsonNode source = sources.get(i);
      line(
          out,
          "%-8s %-26s %-10s %-10s %-10s %12d",
          source.path("kind").asText(),
          source.path("scope").asText(),
          source.path("connected").asBoolean() ? "up" : "DOWN",
          source.path("ingesting").asBoolean()
              ? "yes"
              : source.path("started").asBoolean() ? "no" : "stopped",
          sinks.path(i).path("state").asText(),
          source.path("events").asLong());
    }
    for (JsonNode source : sources) {
      if (source.path("notAdopted").asLong() > 0) {
        line(
            out,
            "%s %s: %d sessions were there when this node began to lead, and are not adopted",
            source.path("kind").asText(),
            source.path("scope").asText(),
            source.path("notAdopted").asLong());
      }
    }
  }

  /** The last write into each farm and table; nothing for what was never written. */
  private static void writes(StringBuilder out, JsonNode sinks) {
    boolean headed = false;
    for (JsonNode sink : sinks) {
      for (JsonNode report : sink.path("lastReport")) {
        if (!headed) {
          line(out, "");
          writeLine(out, "LAST WRITE", "SCOPE", "APPLIED", "SAME", "REMOVED", "REFUSED", "WRONG");
          headed = true;
        }
        writeLine(
            out,
            seconds(sink.path("lastWrite")),
            report.path("kind").asText() + " " + report.path("scope").asText(),
            report.path("applied").asText(),
            report.path("unchanged").asText(),
            report.path("removed").asText(),
            report.path("refused").asText(),
            report.path("mismatched").asText());
      }
    }
    for (JsonNode sink : sinks) {
      if (!sink.path("lastError").isNull() && !sink.path("lastError").isMissingNode()) {
        line(
            out,
            "%s %s since %s: last write failed: %s",
            sink.path("kind").asText(),
            sink.path("scope").asText(),
            seconds(sink.path("stateSince")),
            sink.path("lastError").asText());
      }
    }
  }

  private static void writeLine(StringBuilder out, String when, String scope, String... counts) {
    line(
        out,
        "%-20s %-19s %7s %7s %7s %7s %7s",
        Stream.concat(Stream.of(when, scope), Stream.of(counts)).toArray());
  }

  /** Without fractions. */
  private static String seconds(JsonNode time) {
    return time.asText().replaceFirst("\\.\\d+Z$", "Z");
  }

  /** Sinks that are kept current while another node leads. */
  private static void followed(StringBuilder out, JsonNode materialise) {
    for (JsonNode sink : materialise.path("sinks")) {
      line(
          out,
          "%-8s %-26s kept current: %d entries behind%s",
          sink.path("kind").asText(),
          sink.path("scope").asText(),
          sink.path("lagEntries").asLong(),
          sink.hasNonNull("paused") ? ", paused: " + sink.path("paused").asText() : "");
    }
  }

  private static String orDash(JsonNode value) {
    return value.isNull() || value.isMissingNode() ? "-" : value.asText();
  }

  private static void line(StringBuilder out, String format, Object... values) {
    Object[] shown = new Object[values.length];
    for (int i = 0; i < values.length; i++) {
      shown[i] = values[i] instanceof String text ? Lines.shown(text) : values[i];
    }
    out.append(String.format(format, shown).stripTrailing()).append('\n');
  }
}
