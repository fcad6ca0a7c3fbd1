package io.ssyncd.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;

/** {@code status} for people, in 80 columns: the answers first, then what they are made of. */
final class StatusText {
  private final StringBuilder out = new StringBuilder();
  private final JsonNode status;
  private final Instant now;
  private final int mostRows;

  private StatusText(JsonNode status, Instant now, int mostRows) {
    this.status = status;
    this.now = now;
    this.mostRows = mostRows;
  }

  /**
   * The text.
   *
   * @param mostRows how many rows a table has at most
   */
  static String of(JsonNode status, Instant now, int mostRows) {
    StatusText text = new StatusText(status, now, mostRows);
    text.answers();
    text.members();
    text.out.append(FeedsText.of(status, now, mostRows));
    text.materialise();
    text.out.append(warnings(status.path("warnings")));
    return text.out.toString();
  }

  private void answers() {
    fact(
        Columns.fit(status.path("node").asText(), 24) + ":",
        status.path("role").asText() + ", " + status.path("state").asText() + since());
    fact("Leader  ", Verdicts.leader(status));
    fact("In sync ", Verdicts.sync(status));
    fact("Quorum  ", Verdicts.quorum(status));
    fact("Trouble ", Verdicts.trouble(status));
    keepalived(status.path("keepalived"));
  }

  private String since() {
    JsonNode since = status.path("stateSince");
    try {
      Duration age = Duration.between(Instant.parse(since.asText("")), now);
      return " since " + Ages.second(since) + " (" + Ages.of(age) + ")";
    } catch (DateTimeParseException none) {
      return "";
    }
  }

  private void fact(String what, String text) {
    out.append(Prose.of(what + " ", " ".repeat(9), text));
  }

  /** Nothing where neither a track file nor an address was configured. */
  private void keepalived(JsonNode told) {
    String vip = told.path("vip").asText("unwatched");
    if (!vip.equals("unwatched")) {
      StringBuilder said = new StringBuilder();
      for (Map.Entry<String, JsonNode> each : told.path("instances").properties()) {
        said.append(", ").append(each.getKey()).append(' ').append(each.getValue().asText());
      }
      fact("Address ", vip + said);
    }
    if (told.path("track").isNumber()) {
      fact("Track   ", told.path("track").asInt() + ": " + told.path("trackWhy").asText());
    }
  }

  private void members() {
    JsonNode members = status.path("members");
    Grid grid =
        Grid.of(
            Grid.left("MEMBER", 16),
            Grid.left("ROLE", 9),
            Grid.left("STATE", 9),
            Grid.left("ADDRESS", 21),
            Grid.left("UP", 3),
            Grid.right("LAG", 8),
            Grid.right("LAG MS", 7));
    int rows = 0;
    for (JsonNode member : members) {
      if (rows++ < mostRows) {
        grid.row(
            member.path("name").asText(),
            MembersText.role(member),
            MembersText.orDash(member.path("state")),
            member.path("address").asText(),
            member.path("reachable").asBoolean() ? "yes" : "NO",
            MembersText.lag(member, "lagEntries"),
            MembersText.lag(member, "lagMs"));
      }
    }
    if (rows > mostRows) {
      grid.line("and " + (rows - mostRows) + " more: ssyncdctl members");
    }
    out.append('\n').append(grid);
  }

  /** Sinks that are kept current while another node leads. */
  private void materialise() {
    for (JsonNode sink : status.path("materialise").path("sinks")) {
      out.append(
          Prose.of(
              "",
              "  ",
              sink.path("kind").asText()
                  + " "
                  + sink.path("scope").asText()
                  + " is kept current: "
                  + sink.path("lagEntries").asLong()
                  + " entries behind"
                  + (sink.hasNonNull("paused")
                      ? ", paused: " + sink.path("paused").asText()
                      : "")));
    }
  }

  /** What is wrong, and what to do about it. */
  static String warnings(JsonNode warnings) {
    StringBuilder out = new StringBuilder();
    for (JsonNode warning : warnings) {
      String code = warning.path("code").asText();
      out.append(out.length() == 0 ? "\n" : "");
      out.append(Prose.of("! " + code + ": ", "  ", warning.path("text").asText()));
      out.append("  -> ").append(Advice.of(code)).append('\n');
    }
    return out.toString();
  }
}
