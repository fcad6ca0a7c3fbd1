package io.ssyncd.daemon.metrics;

import static io.ssyncd.daemon.metrics.StatusCollector.count;
import static io.ssyncd.daemon.metrics.StatusCollector.counter;
import static io.ssyncd.daemon.metrics.StatusCollector.gauge;
import static io.ssyncd.daemon.metrics.StatusCollector.labels;
import static io.ssyncd.daemon.metrics.StatusCollector.point;

import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.ssyncd.node.NodeStatus;
import io.ssyncd.node.NodeStatus.FeedStatus;
import io.ssyncd.node.ScopeReport;
import java.util.List;
import java.util.stream.Stream;

/** How the sinks stand, and what their last writes did. */
final class SinkMetrics {
  private static final List<String> STATES =
      List.of("IDLE", "WRITING", "VERIFIED", "PARTIAL", "FAILED");

  private SinkMetrics() {}

  static void add(NodeStatus now, MetricSnapshots.Builder all) {
    all.metricSnapshot(
        gauge(
            "ssyncd_sink_state",
            "How the sink stands: 1 for its state.",
            now.feeds().stream()
                .flatMap(
                    feed ->
                        STATES.stream()
                            .map(
                                state ->
                                    point(
                                        feed.sink().state().equals(state) ? 1 : 0,
                                        labels(feed).add("state", state))))));
    all.metricSnapshot(
        gauge(
            "ssyncd_sink_state_since_timestamp_seconds",
            "When the sink came to stand so.",
            now.feeds().stream()
                .map(feed -> point(feed.sink().since().toEpochMilli() / 1e3, labels(feed)))));
    all.metricSnapshot(
        gauge(
            "ssyncd_sink_last_write_timestamp_seconds",
            "When the sink was last written and read back.",
            now.feeds().stream().flatMap(SinkMetrics::lastWrite)));
    all.metricSnapshot(
        gauge(
            "ssyncd_sink_last_write_records",
            "What the last write did, by farm or table.",
            now.feeds().stream().flatMap(SinkMetrics::records)));
    all.metricSnapshot(
        gauge(
            "ssyncd_sink_last_write_passed_over",
            "Records that the last write did not write, by reason; expired ones are no loss.",
            now.feeds().stream().flatMap(SinkMetrics::reasons)));
    all.metricSnapshot(
        counter(
            "ssyncd_sink_writes",
            "Writes that came to their end.",
            now.feeds().stream().map(feed -> count(feed.sink().writes(), labels(feed)))));
    all.metricSnapshot(
        counter(
            "ssyncd_sink_write_failures",
            "Writes that did not.",
            now.feeds().stream().map(feed -> count(feed.sink().failures(), labels(feed)))));
  }

  private static Stream<GaugeDataPointSnapshot> lastWrite(FeedStatus feed) {
    return Stream.ofNullable(feed.sink().lastWrite())
        .map(at -> point(at.toEpochMilli() / 1e3, labels(feed)));
  }

  private static Stream<GaugeDataPointSnapshot> records(FeedStatus feed) {
    return feed.sink().lastReports().stream()
        .flatMap(
            report ->
                Stream.of(
                    point(report.applied(), scope(report).add("result", "applied")),
                    point(report.unchanged(), scope(report).add("result", "unchanged")),
                    point(report.removed(), scope(report).add("result", "removed")),
                    point(report.refused(), scope(report).add("result", "refused")),
                    point(report.mismatched(), scope(report).add("result", "mismatched")),
                    point(report.extra(), scope(report).add("result", "extra"))));
  }

  private static Stream<GaugeDataPointSnapshot> reasons(FeedStatus feed) {
    return feed.sink().lastReports().stream()
        .flatMap(
            report ->
                report.reasons().entrySet().stream()
                    .map(
                        reason ->
                            point(
                                reason.getValue(),
                                scope(report).add("reason", reason.getKey().word()))));
  }

  private static Labels scope(ScopeReport report) {
    return Labels.of("kind", report.scope().kind().word(), "scope", report.scope().name());
  }
}
