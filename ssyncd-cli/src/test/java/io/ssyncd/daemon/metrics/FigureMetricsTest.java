package io.ssyncd.daemon.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.ssyncd.node.Figure;
import io.ssyncd.node.NodeStatus.FeedStatus;
import io.ssyncd.node.NodeStatus.SinkStatus;
import io.ssyncd.session.Feed;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class FigureMetricsTest {
  private static FeedStatus feed(Feed feed, Figure... figures) {
    SinkStatus sink = new SinkStatus("IDLE", Instant.EPOCH, null, List.of(), null, 0, 0);
    return new FeedStatus(feed, true, true, true, 0, 0, 0, List.of(figures), sink);
  }

  @Test
  void whatEndpointsMeasureIsScrapedUnderItsName() {
    List<MetricSnapshot> all =
        FigureMetrics.of(
            List.of(
                feed(Feed.farm("f1")),
                feed(
                    Feed.RECENT,
                    Figure.gauge("jiffies_error_seconds", "How far off.", 0.0002),
                    Figure.counter("conntrack_hints", "How often.", 7))));

    assertThat(all)
        .extracting(each -> each.getMetadata().getPrometheusName())
        .containsExactly("ssyncd_conntrack_hints", "ssyncd_jiffies_error_seconds");
    assertThat(((CounterSnapshot) all.get(0)).getDataPoints())
        .singleElement()
        .satisfies(
            point -> {
              assertThat(point.getValue()).isEqualTo(7);
              assertThat(point.getLabels().get("kind")).isEqualTo("recent");
            });
    assertThat(((GaugeSnapshot) all.get(1)).getDataPoints())
        .singleElement()
        .satisfies(point -> assertThat(point.getValue()).isEqualTo(0.0002));
  }
}
