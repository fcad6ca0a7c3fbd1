package io.ssyncd.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One look of {@code top}, in 80 columns and as many lines as there are: what does not fit is
 * counted, the largest comes first.
 */
final class TopText {
  private static final int MAX_MEMBERS = 5;
  private static final int MAX_FAILOVERS = 3;
  private static final int LEAST_ROWS = 2;

  private final JsonNode top;
  private final Rates rates;
  private final StringBuilder out = new StringBuilder();

  private TopText(JsonNode top, Rates rates) {
    this.top = top;
    this.rates = rates;
  }

  /**
   * The text.
   *
   * @param lines it has at most, if that is 20 or more
   */
  static String of(JsonNode top, Rates rates, int lines) {
    TopText text = new TopText(top, rates);
    text.head();
    text.members();
    String failovers = text.failovers();
    int left = lines - text.used() - (int) failovers.lines().count() - 2;
    List<JsonNode> feeds = text.feedsByRecords();
    int backends = top.path("backends").size();
    int half = Math.max(LEAST_ROWS, left / 2 - 2);
    int ofFeeds = Math.min(feeds.size(), Math.max(half, left - backends - 4));
    text.feeds(feeds, ofFeeds);
    text.backends(Math.max(LEAST_ROWS, lines - text.used() - (int) failovers.lines().count() - 4));
    text.out.append(failovers);
    return text.out.toString();
  }

  private int used() {
    return (int) out.chars().filter(c -> c == '\n').count();
  }

  private void line(String text) {
    out.append(Columns.fit(text, Columns.WIDTH)).append('\n');
  }

  private void head() {
    line(
        "ssyncd "
            + Columns.fit(top.path("node").asText(), 20)
            + "  "
            + Ages.second(top.path("at"))
            + "  "
            + top.path("state").asText());
    line("leader " + Verdicts.leader(top) + "; index " + top.path("appliedIndex").asLong());
    line("quorum " + Verdicts.quorum(top));
    line(
        "a second: "
            + Rates.text(rates.entries())
            + " entries, "
            + Rates.text(rates.changes())
            + " changes, "
            + Rates.text(rates.allEvents())
            + " events of this host");
    JsonNode warnings = top.path("warnings");
    if (!warnings.isEmpty()) {
      List<String> codes = new ArrayList<>();
      warnings.forEach(warning -> codes.add(warning.path("code").asText()));
      line("! " + String.join(", ", codes));
    }
  }

  private void members() {
    Grid grid =
        Grid.of(
            Grid.left("MEMBER", 24),
            Grid.left("ROLE", 9),
            Grid.left("STATE", 9),
            Grid.left("UP", 3),
            Grid.right("APPLIED", 12),
            Grid.right("LAG", 8),
            Grid.right("LAG MS", 8));
    int rows = 0;
    for (JsonNode member : top.path("members")) {
      if (rows++ < MAX_MEMBERS) {
        grid.row(
            member.path("name").asText(),
            MembersText.role(member),
            MembersText.orDash(member.path("state")),
            member.path("reachable").asBoolean() ? "yes" : "NO",
            MembersText.number(member.path("appliedIndex")),
            MembersText.lag(member, "lagEntries"),
            MembersText.lag(member, "lagMs"));
      }
    }
    if (rows > MAX_MEMBERS) {
      grid.line("and " + (rows - MAX_MEMBERS) + " more");
    }
    out.append(grid);
  }

  private List<JsonNode> feedsByRecords() {
    Map<String, JsonNode> feeds = new HashMap<>();
    top.path("feeds").forEach(feed -> feeds.put(Rates.name(feed), feed));
    List<JsonNode> all = new ArrayList<>();
    for (JsonNode scope : top.path("scopes")) {
      JsonNode feed = feeds.remove(Rates.name(scope));
      ObjectNode row = scope.deepCopy();
      all.add(feed == null ? row : row.setAll((ObjectNode) feed.deepCopy()));
    }
    for (JsonNode feed : feeds.values()) {
      all.add(feed);
    }
    all.sort(
        Comparator.comparing((JsonNode row) -> -row.path("records").asLong())
            .thenComparing(Rates::name));
    return all;
  }

  private void feeds(List<JsonNode> feeds, int most) {
    Grid grid =
        Grid.of(
            Grid.left("FARM OR TABLE", 40),
            Grid.right("RECORDS", 10),
            Grid.left("LINK", 6),
            Grid.left("INGEST", 7),
            Grid.right("EVENTS/S", 12));
    for (JsonNode feed : feeds.subList(0, Math.min(most, feeds.size()))) {
      boolean fed = feed.has("connected");
      grid.row(
          Rates.name(feed),
          feed.path("records").asLong(),
          !fed ? "" : feed.path("connected").asBoolean() ? "up" : "DOWN",
          !fed
              ? ""
              : feed.path("ingesting").asBoolean()
                  ? "yes"
                  : feed.path("started").asBoolean() ? "no" : "stopped",
          fed ? Rates.text(rates.events().getOrDefault(Rates.name(feed), 0.0)) : "");
    }
    out.append(grid);
    more(feeds.size() - most);
  }

  private void backends(int most) {
    JsonNode backends = top.path("backends");
    if (backends.isEmpty()) {
      return;
    }
    Grid grid =
        Grid.of(
            Grid.left("BACKEND OF", 30),
            Grid.left("SERVICE", 11),
            Grid.right("NO", 4),
            Grid.left("ADDRESS", 21),
            Grid.right("SESSIONS", 10));
    int rows = 0;
    for (JsonNode backend : backends) {
      if (rows++ < most) {
        grid.row(
            backend.path("scope").asText(),
            backend.path("listener").asLong() + "/" + backend.path("service").asLong(),
            backend.path("backend").asLong(),
            backend.path("address").asText(),
            backend.path("sessions").asLong());
      }
    }
    out.append(grid);
    more(rows - most + top.path("moreBackends").asLong());
  }

  private void more(long count) {
    if (count > 0) {
      out.append("and ").append(count).append(" more\n");
    }
  }

  private String failovers() {
    StringBuilder text = new StringBuilder();
    int rows = 0;
    for (JsonNode change : top.path("failovers")) {
      if (rows++ < MAX_FAILOVERS) {
        text.append(rows == 1 ? "LAST CHANGES OF LEADER\n" : "");
        text.append(Columns.fit(failover(change), Columns.WIDTH)).append('\n');
      }
    }
    return text.toString();
  }

  private static String failover(JsonNode change) {
    String from = change.hasNonNull("from") ? change.path("from").asText() + " -> " : "";
    return Ages.second(change.path("at"))
        + "  "
        + Columns.fit(from + change.path("to").asText(), 24)
        + (change.path("leaderlessMs").asLong() > 0
            ? ", nobody for " + change.path("leaderlessMs").asLong() + " ms"
            : "")
        + (change.hasNonNull("ingestingMs")
            ? ", served after " + change.path("ingestingMs").asLong() + " ms"
            : "");
  }
}
