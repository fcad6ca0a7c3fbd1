package io.ssyncd.ctl;

import com.fasterxml.jackson.databind.JsonNode;

/** {@code members} for people, in 80 columns. */
final class MembersText {
  private static final String ROW = "%-12s %-9s %-7s %-21s %-2s %10s %5s %6s";

  private MembersText() {}

  static String of(JsonNode members) {
    StringBuilder out = new StringBuilder();
    line(out, "MEMBER", "ROLE", "WITNESS", "ADDRESS", "UP", "APPLIED", "LAG", "CLOCK");
    for (JsonNode member : members) {
      line(
          out,
          member.path("name").asText(),
          member.path("voter").asBoolean() ? orDash(member.path("role")) : "joining",
          member.path("witness").asBoolean() ? "yes" : "no",
          member.path("address").asText(),
          member.path("reachable").asBoolean() ? "ok" : "NO",
          orDash(member.path("appliedIndex")),
          orDash(member.path("lagEntries")),
          offset(member.path("clockOffsetMs")));
    }
    return out.toString();
  }

  /** How far a clock is ahead, in the unit that fits. */
  private static String offset(JsonNode ms) {
    if (!ms.isNumber()) {
      return "-";
    }
    long value = Math.round(ms.asDouble());
    return Math.abs(value) < 1000 ? value + "ms" : Math.round(value / 1000.0) + "s";
  }

  private static String orDash(JsonNode value) {
    return value.isNull() || value.isMissingNode() ? "-" : value.asText();
  }

  private static void line(StringBuilder out, String... values) {
    Object[] shown = new Object[values.length];
    for (int i = 0; i < values.length; i++) {
      shown[i] = Lines.shown(values[i]);
    }
    out.append(String.format(ROW, shown).stripTrailing()).append('\n');
  }
}
