package io.ssyncd.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the cluster holds of each farm and table, and how it gets there and back, in 80 columns. If
 * there are too many, those in trouble are shown first and then the largest.
 */
final class FeedsText {
  private final StringBuilder out = new StringBuilder();
  private final JsonNode status;
  private final Instant now;
  private final int mostRows;

  private FeedsText(JsonNode status, Instant now, int mostRows) {
    this.status = status;
    this.now = now;
    this.mostRows = mostRows;
  }

  static String of(JsonNode status, Instant now, int mostRows) {
    FeedsText text = new FeedsText(status, now, mostRows);
    text.feeds();
    text.writes();
    return text.out.toString();
  }

  /** A farm or table: how it is collected and written is shown where this node knows it. */
  private record Row(String name, long records, JsonNode source, JsonNode sink) {
    boolean isTrouble() {
      return !source.isMissingNode()
          && source.path("started").asBoolean()
          && (!source.path("connected").asBoolean() || sink.hasNonNull("lastError"));
    }
  }

  private void feeds() {
    List<Row> rows = rows();
    if (rows.isEmpty()) {
      return;
    }
    rows.sort(
        Comparator.comparing(Row::isTrouble)
            .reversed()
            .thenComparing(Comparator.comparing(Row::records).reversed())
            .thenComparing(Row::name));
    Grid grid =
        Grid.of(
            Grid.left("FARM OR TABLE", 26),
            Grid.right("RECORDS", 8),
            Grid.left("LINK", 4),
            Grid.left("INGEST", 7),
            Grid.left("SINK", 8),
            Grid.right("EVENTS", 9),
            Grid.right("WRITTEN", 10));
    for (Row row : rows.subList(0, Math.min(mostRows, rows.size()))) {
      boolean fed = !row.source().isMissingNode();
      grid.row(
          row.name(),
          row.records(),
          !fed ? "" : row.source().path("connected").asBoolean() ? "up" : "DOWN",
          !fed ? "" : ingest(row.source()),
          !fed ? "" : row.sink().path("state").asText(),
          fed ? MembersText.number(row.source().path("events")) : "",
          fed ? Ages.ago(row.sink().path("lastWrite"), now) : "");
    }
    if (rows.size() > mostRows) {
      grid.line("and " + (rows.size() - mostRows) + " more: ssyncdctl status --all");
    }
    out.append('\n').append(grid);
    notAdopted();
  }

  private static String ingest(JsonNode source) {
    if (source.path("ingesting").asBoolean()) {
      return "yes";
    }
    return source.path("started").asBoolean() ? "no" : "stopped";
  }

  private List<Row> rows() {
    Map<String, JsonNode> held = new TreeMap<>();
    JsonNode sessions = status.path("sessions");
    for (Map.Entry<String, JsonNode> kind : sessions.properties()) {
      for (Map.Entry<String, JsonNode> scope : kind.getValue().properties()) {
        held.put(kind.getKey() + " " + scope.getKey(), scope.getValue());
      }
    }
    List<Row> rows = new ArrayList<>();
    JsonNode sources = status.path("sources");
    for (int i = 0; i < sources.size(); i++) {
      JsonNode source = sources.get(i);
      String kind = source.path("kind").asText();
      String name = kind + " " + source.path("scope").asText();
      JsonNode records = held.remove(name);
      // One feed brings all tables of the kernel.
      boolean all = kind.equals("recent");
      rows.add(
          new Row(
              all ? "recent (all tables)" : name,
              all ? total(sessions.path("recent")) : records == null ? 0 : records.asLong(),
              source,
              status.path("sinks").path(i)));
    }
    held.forEach(
        (name, records) -> rows.add(new Row(name, records.asLong(), missing(), missing())));
    return rows;
  }

  private static JsonNode missing() {
    return com.fasterxml.jackson.databind.node.MissingNode.getInstance();
  }

  private static long total(JsonNode counts) {
    long total = 0;
    for (JsonNode count : counts) {
      total += count.asLong();
    }
    return total;
  }

  private void notAdopted() {
    for (JsonNode source : status.path("sources")) {
      if (source.path("notAdopted").asLong() > 0) {
        out.append(
            Prose.of(
                "",
                "  ",
                source.path("kind").asText()
                    + " "
                    + source.path("scope").asText()
                    + ": "
                    + source.path("notAdopted").asLong()
                    + " sessions were there when this node began to lead, and are not adopted"));
      }
    }
  }

  /** The last write into each farm and table; nothing for what was never written. */
  private void writes() {
    Grid grid =
        Grid.of(
            Grid.left("LAST WRITE", 20),
            Grid.left("INTO", 19),
            Grid.right("APPLIED", 7),
            Grid.right("SAME", 7),
            Grid.right("REMOVED", 7),
            Grid.right("REFUSED", 7),
            Grid.right("WRONG", 7));
    int rows = 0;
    for (JsonNode sink : status.path("sinks")) {
      for (JsonNode report : sink.path("lastReport")) {
        if (rows++ < mostRows) {
          grid.row(
              Ages.second(sink.path("lastWrite")),
              report.path("kind").asText() + " " + report.path("scope").asText(),
              MembersText.number(report.path("applied")),
              MembersText.number(report.path("unchanged")),
              MembersText.number(report.path("removed")),
              MembersText.number(report.path("refused")),
              MembersText.number(report.path("mismatched")));
        }
      }
    }
    if (rows > mostRows) {
      grid.line("and " + (rows - mostRows) + " more: ssyncdctl status --all");
    }
    if (rows > 0) {
      out.append('\n').append(grid);
    }
    for (JsonNode sink : status.path("sinks")) {
      if (sink.hasNonNull("lastError")) {
        out.append(
            Prose.of(
                "",
                "  ",
                sink.path("kind").asText()
                    + " "
                    + sink.path("scope").asText()
                    + " since "
                    + Ages.second(sink.path("stateSince"))
                    + ": last write failed: "
                    + sink.path("lastError").asText()));
      }
    }
  }
}
