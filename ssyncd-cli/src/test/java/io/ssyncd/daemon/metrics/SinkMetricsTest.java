package io.ssyncd.daemon.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.ssyncd.log.LogFigures;
import io.ssyncd.node.DigestReport;
import io.ssyncd.node.NodeState;
import io.ssyncd.node.NodeStatus;
import io.ssyncd.node.NodeStatus.AddressStatus;
import io.ssyncd.node.NodeStatus.FeedStatus;
import io.ssyncd.node.NodeStatus.SinkStatus;
import io.ssyncd.node.Reason;
import io.ssyncd.node.ScopeReport;
import io.ssyncd.session.Feed;
import io.ssyncd.session.Scope;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The names and labels are what dashboards and alerts are made of. */
class SinkMetricsTest {
  private static final Instant AT = Instant.ofEpochSecond(1_795_230_000);

  @Test
  void aSinkIsScrapedWithItsStateAndWhatItsLastWriteDid() throws Exception {
    ScopeReport report =
        new ScopeReport.Tally(Scope.farm("shop"))
            .applied(7)
            .unchanged(90)
            .removed(1)
            .extra(4)
            .mismatched("not there")
            .refused(Reason.UNKNOWN_SERVICE, 2, "listener 0 service 9")
            .refused(Reason.EXPIRED, 3, "older than their time")
            .report();

    List<String> lines = scraped(new SinkStatus("PARTIAL", AT, AT, List.of(report), null, 5, 1));

    assertThat(lines)
        .contains(
            "ssyncd_sink_state{feed=\"shop\",kind=\"http\",state=\"PARTIAL\"} 1.0",
            "ssyncd_sink_state{feed=\"shop\",kind=\"http\",state=\"VERIFIED\"} 0.0",
            "ssyncd_sink_state_since_timestamp_seconds{feed=\"shop\",kind=\"http\"} 1.79523E9",
            "ssyncd_sink_last_write_timestamp_seconds{feed=\"shop\",kind=\"http\"} 1.79523E9",
            "ssyncd_sink_writes_total{feed=\"shop\",kind=\"http\"} 5.0",
            "ssyncd_sink_write_failures_total{feed=\"shop\",kind=\"http\"} 1.0",
            passedOver("unknown-service", 2),
            passedOver("expired", 3),
            records("applied", 7),
            records("unchanged", 90),
            records("removed", 1),
            records("refused", 2),
            records("mismatched", 1),
            records("extra", 4));
  }

  @Test
  void aSinkThatWasNeverWrittenHasNoLastWrite() throws Exception {
    List<String> lines = scraped(new SinkStatus("IDLE", AT, null, List.of(), null, 0, 0));

    assertThat(lines)
        .contains("ssyncd_sink_state{feed=\"shop\",kind=\"http\",state=\"IDLE\"} 1.0")
        .contains("ssyncd_sink_writes_total{feed=\"shop\",kind=\"http\"} 0.0")
        .noneMatch(line -> line.startsWith("ssyncd_sink_last_write"));
  }

  private static String records(String result, int count) {
    return "ssyncd_sink_last_write_records{kind=\"http\",result=\"%s\",scope=\"shop\"} %d.0"
        .formatted(result, count);
  }

  private static String passedOver(String reason, int count) {
    return "ssyncd_sink_last_write_passed_over{kind=\"http\",reason=\"%s\",scope=\"shop\"} %d.0"
        .formatted(reason, count);
  }

  /** As Prometheus gets it. */
  private static List<String> scraped(SinkStatus sink) throws Exception {
    NodeStatus status = status(sink);
    InetAddress loopback = InetAddress.getLoopbackAddress();
    try (MetricsServer server =
        new MetricsServer(
            new InetSocketAddress(loopback, 0), () -> status, Map::of, () -> LogFigures.NONE)) {
      URI metrics =
          URI.create("http://" + loopback.getHostAddress() + ":" + server.port() + "/metrics");
      return HttpClient.newHttpClient()
          .send(HttpRequest.newBuilder(metrics).build(), BodyHandlers.ofString())
          .body()
          .lines()
          .filter(line -> line.startsWith("ssyncd_sink_"))
          .toList();
    }
  }

  private static NodeStatus status(SinkStatus sink) {
    return new NodeStatus(
        "lb1",
        "leader",
        NodeState.WRITING,
        AT,
        "lb1",
        1,
        1,
        true,
        true,
        10,
        10,
        "0",
        new DigestReport(0, null, List.of(), List.of()),
        List.of(),
        new AddressStatus(null, null, "unwatched", new TreeMap<>(), 0, 0, 0),
        new TreeMap<>(),
        List.of(new FeedStatus(Feed.farm("shop"), true, false, true, 0, 0, 0, List.of(), sink)),
        List.of(),
        List.of());
  }
}
