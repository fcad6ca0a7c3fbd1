package io.ssyncd.daemon.metrics;

import static io.ssyncd.daemon.metrics.StatusCollector.labels;

import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.ssyncd.node.Figure;
import io.ssyncd.node.NodeStatus;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** What endpoints count and measure beside what all of them do: {@code ssyncd_} and its name. */
final class FigureMetrics {
  private FigureMetrics() {}

  static void add(NodeStatus now, MetricSnapshots.Builder all) {
    of(now.feeds()).forEach(all::metricSnapshot);
  }

  /** By name, in order. */
  static List<MetricSnapshot> of(List<NodeStatus.FeedStatus> feeds) {
    SortedMap<String, Figure> byName = new TreeMap<>();
    feeds.forEach(feed -> feed.figures().forEach(each -> byName.put(each.name(), each)));
    return byName.values().stream().map(each -> of(each, feeds)).toList();
  }

  private static MetricSnapshot of(Figure figure, List<NodeStatus.FeedStatus> feeds) {
    String name = "ssyncd_" + figure.name();
    return figure.counter()
        ? StatusCollector.counter(
            name,
            figure.help(),
            feeds.stream()
                .flatMap(
                    feed ->
                        feed.figures().stream()
                            .filter(each -> each.name().equals(figure.name()))
                            .map(each -> StatusCollector.count(each.value(), labels(feed)))))
        : StatusCollector.gauge(
            name,
            figure.help(),
            feeds.stream()
                .flatMap(
                    feed ->
                        feed.figures().stream()
                            .filter(each -> each.name().equals(figure.name()))
                            .map(each -> StatusCollector.point(each.value(), labels(feed)))));
  }
}
