package io.ssyncd.ctl;

import com.fasterxml.jackson.databind.JsonNode;

/** The members for people, in 80 columns. */
final class MembersText {
  private MembersText() {}

  /** All that is known of each. */
  static String of(JsonNode members) {
    Grid grid =
        Grid.of(
            Grid.left("MEMBER", 12),
            Grid.left("ROLE", 9),
            Grid.left("STATE", 9),
            Grid.left("ADDRESS", 21),
            Grid.left("UP", 3),
            Grid.right("APPLIED", 8),
            Grid.right("LAG", 5),
            Grid.right("CLOCK", 6));
    for (JsonNode member : members) {
      grid.row(
          member.path("name").asText(),
          role(member),
          orDash(member.path("state")),
          member.path("address").asText(),
          member.path("reachable").asBoolean() ? "yes" : "NO",
          number(member.path("appliedIndex")),
          lag(member, "lagEntries"),
          offset(member.path("clockOffsetMs")));
    }
    return grid.toString();
  }

  static String role(JsonNode member) {
    return member.path("voter").asBoolean(true) ? orDash(member.path("role")) : "joining";
  }

  /** How far a clock is ahead, in the unit that fits. */
  private static String offset(JsonNode ms) {
    if (!ms.isNumber()) {
      return "-";
    }
    long value = Math.round(ms.asDouble());
    return Math.abs(value) < 1000 ? value + "ms" : Math.round(value / 1000.0) + "s";
  }

  /** How far a member is behind; of one that does not answer nobody knows. */
  static Object lag(JsonNode member, String field) {
    return member.path("reachable").asBoolean() ? number(member.path(field)) : "-";
  }

  static Object number(JsonNode value) {
    return value.isNumber() ? (Object) value.asLong() : "-";
  }

  static String orDash(JsonNode value) {
    return value.isNull() || value.isMissingNode() ? "-" : value.asText();
  }
}
