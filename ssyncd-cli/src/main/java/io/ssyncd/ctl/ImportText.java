package io.ssyncd.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ssyncd.cli.Foreign;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How an import goes: a line that renews itself on a terminal, and a report at its end, which comes
 * as well when somebody stops it: the daemon is told, and answers with what was done until then.
 */
final class ImportText implements ControlClient.Items, AutoCloseable {
  /** How long who stops it waits for the end; then comes what was told last. */
  private static final Duration ENDING = Duration.ofSeconds(10);

  private static final String RENEW = "\r\u001b[K";

  private final Main tool;
  private final boolean terminal = Terminal.own().err() && Terminal.own().moves();
  private final Thread interrupted = new Thread(this::stopped, "import-stopped");
  private final CountDownLatch over = new CountDownLatch(1);

  /** Null until the daemon was asked. */
  private volatile ControlClient.@Nullable Enough enough;

  private volatile @Nullable ObjectNode last;
  private volatile boolean done;

  ImportText(Main tool) {
    this.tool = tool;
    Runtime.getRuntime().addShutdownHook(interrupted);
  }

  @Override
  public void asked(ControlClient.Enough how) {
    enough = how;
  }

  @Override
  public void take(ObjectNode report) {
    last = report;
    if (terminal) {
      tool.err().print(RENEW + line(report));
      tool.err().flush();
    }
  }

  /** It ended so. */
  void done(ObjectNode report) {
    done = true;
    print(report);
  }

  /** By the shutdown hook. Of an import that was not asked for there is nothing to wait for. */
  void stopped() {
    ControlClient.Enough asked = enough;
    if (asked == null) {
      return;
    }
    try {
      asked.say();
      boolean unused = over.await(ENDING.toMillis(), TimeUnit.MILLISECONDS);
    } catch (IOException gone) {
      tool.err().println("ssyncdctl: what was told last, for the daemon is gone: " + gone);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    ObjectNode report = last;
    if (!done && report != null) {
      print(report);
    }
  }

  private void print(ObjectNode report) {
    if (terminal) {
      tool.err().print(RENEW);
      tool.err().flush();
    }
    if (tool.json()) {
      tool.printJson(report);
    } else {
      report(report).forEach(line -> tool.printUtf8(line + "\n"));
    }
    tool.flush();
  }

  private static String line(JsonNode report) {
    return "%s: %d sessions, %d recent entries, %s, %d s"
        .formatted(
            report.path("connected").asBoolean() ? "connected" : "not connected",
            count(report, "http"),
            count(report, "recent"),
            report.path("complete").asBoolean() ? "up to date" : "being told of all",
            report.path("seconds").asLong());
  }

  private static long count(JsonNode report, String kind) {
    long count = 0;
    for (JsonNode scope : report.path("scopes")) {
      count += scope.path("kind").asText().equals(kind) ? scope.path("count").asLong() : 0;
    }
    return count;
  }

  /** The report for people. */
  static List<String> report(JsonNode report) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "old master %s: %s, %d s, %s"
            .formatted(
                Foreign.shown(report.path("master").asText()),
                times(report.path("connections").asLong()),
                report.path("seconds").asLong(),
                report.path("complete").asBoolean()
                    ? "has told of all that it holds"
                    : "has not told of all that it holds"));
    for (String kind : List.of("http", "recent")) {
      JsonNode counts = report.path(kind);
      lines.add(
          "%s: %d frames: %d added, %d updated, %d unchanged, %d thinned, %d older, %d expired"
              .formatted(
                  kind,
                  counts.path("frames").asLong(),
                  counts.path("added").asLong(),
                  counts.path("updated").asLong(),
                  counts.path("unchanged").asLong(),
                  counts.path("thinned").asLong(),
                  counts.path("older").asLong(),
                  counts.path("expired").asLong()));
      lines.add(
          "  deletions: %d made, %d wait, %d not made"
              .formatted(
                  counts.path("removed").asLong(),
                  counts.path("held").asLong(),
                  counts.path("kept").asLong()));
      for (Map.Entry<String, JsonNode> reason : counts.path("refused").properties()) {
        lines.add("  refused, " + reason.getKey() + ": " + reason.getValue().asLong());
      }
    }
    lines.add("clears ignored: " + report.path("clearsIgnored").asLong());
    for (JsonNode scope : report.path("scopes")) {
      lines.add(
          "%s %s: %d"
              .formatted(
                  scope.path("kind").asText(),
                  Foreign.shown(scope.path("scope").asText()),
                  scope.path("count").asLong()));
    }
    report.path("notes").forEach(note -> lines.add("note: " + Foreign.shown(note.asText())));
    return lines;
  }

  private static String times(long connections) {
    return connections == 1 ? "connected once" : "connected " + connections + " times";
  }

  @Override
  public void close() {
    over.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(interrupted);
    } catch (IllegalStateException ending) {
      // The process is being stopped: the hook runs, and says what was done, if nobody did.
    }
  }
}
