package io.ssyncd.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The answers that {@code status} begins with, out of its document. */
final class Verdicts {
  /** As many names are told; more are counted. */
  private static final int MAX_NAMES = 3;

  private static final int NAME_WIDTH = 20;

  private Verdicts() {}

  /** Who leads. */
  static String leader(JsonNode status) {
    JsonNode leader = status.path("leader");
    if (!leader.isTextual()) {
      return "NOBODY; term " + status.path("term").asLong();
    }
    String state =
        members(status)
            .filter(member -> member.path("name").equals(leader))
            .map(member -> member.path("state").asText(""))
            .filter(word -> !word.isEmpty())
            .findFirst()
            .map(word -> ", " + word)
            .orElse("");
    return name(leader)
        + state
        + "; term "
        + status.path("term").asLong()
        + ", epoch "
        + status.path("epoch").asLong();
  }

  /** Whether all members hold the same. */
  static String sync(JsonNode status) {
    long all = members(status).count();
    if (status.path("inSync").asBoolean()) {
      return "yes: "
          + all
          + " of "
          + all
          + " members hold the same at index "
          + status.path("appliedIndex").asLong();
    }
    List<String> away = new ArrayList<>();
    List<String> behind = new ArrayList<>();
    members(status)
        .forEach(
            member -> {
              if (!member.path("reachable").asBoolean()) {
                away.add(name(member.path("name")));
              } else if (member.path("lagEntries").asLong(1) > 0) {
                behind.add(name(member.path("name")));
              }
            });
    if (warns(status, "digest-differs")) {
      return "NOT IN SYNC: members hold different tables";
    }
    if (!away.isEmpty()) {
      return "NOT IN SYNC: no answer of " + names(away);
    }
    if (!status.path("quorum").asBoolean()) {
      return "NOT IN SYNC: nothing is committed";
    }
    return behind.isEmpty() ? "NOT IN SYNC" : "not quite: " + names(behind) + " on the way";
  }

  /** How many more members may fail. */
  static String quorum(JsonNode status) {
    long voters = members(status).filter(m -> m.path("voter").asBoolean(true)).count();
    long answer =
        members(status)
            .filter(m -> m.path("voter").asBoolean(true) && m.path("reachable").asBoolean())
            .count();
    long needed = voters / 2 + 1;
    String count = answer + " of " + voters + " voters answer, " + needed + " needed";
    if (!status.path("quorum").asBoolean()) {
      return "LOST: " + count + ": nothing is committed";
    }
    long spare = answer - needed;
    return spare > 0
        ? "safe: " + count + "; " + spare + " more may fail"
        : "AT RISK: " + count + "; none may fail";
  }

  /** How much there is to do. */
  static String trouble(JsonNode status) {
    int count = status.path("warnings").size();
    return count == 0 ? "none" : count == 1 ? "1 warning, below" : count + " warnings, below";
  }

  static boolean warns(JsonNode status, String code) {
    return StreamSupport.stream(status.path("warnings").spliterator(), false)
        .anyMatch(warning -> warning.path("code").asText().equals(code));
  }

  private static Stream<JsonNode> members(JsonNode status) {
    return StreamSupport.stream(status.path("members").spliterator(), false);
  }

  private static String name(JsonNode name) {
    return Columns.fit(name.asText(), NAME_WIDTH);
  }

  private static String names(List<String> all) {
    if (all.size() <= MAX_NAMES) {
      return String.join(", ", all);
    }
    return String.join(", ", all.subList(0, MAX_NAMES)) + " and " + (all.size() - MAX_NAMES);
  }
}
