package io.ssyncd.daemon.metrics;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.ssyncd.node.NodeState;
import io.ssyncd.node.NodeStatus;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The node's status as metrics; one consistent status a scrape. */
final class StatusCollector implements MultiCollector {
  private final Supplier<NodeStatus> status;

  StatusCollector(Supplier<NodeStatus> status) {
    this.status = status;
  }

  @Override
  public MetricSnapshots collect() {
    NodeStatus now = status.get();
    MetricSnapshots.Builder all = MetricSnapshots.builder();
    all.metricSnapshot(
        gauge(
            "ssyncd_state",
            "Where the promotion stands: 1 for the state the node is in.",
            Stream.of(NodeState.values())
                .map(s -> point(now.state() == s ? 1 : 0, Labels.of("state", s.name())))));
    all.metricSnapshot(
        one(
            "ssyncd_state_since_timestamp_seconds",
            "When the node came into that state.",
            now.stateSince().toEpochMilli() / 1e3));
    all.metricSnapshot(one("ssyncd_leader", "1 if this node leads.", is(now.role(), "leader")));
    all.metricSnapshot(one("ssyncd_quorum", "1 if a majority is in reach.", now.quorum() ? 1 : 0));
    all.metricSnapshot(
        one("ssyncd_in_sync", "1 if every member is as far as the log.", now.inSync() ? 1 : 0));
    all.metricSnapshot(
        one(
            "ssyncd_digests_differ",
            "1 if members hold different tables at the index that was last compared.",
            now.compared().differs() ? 1 : 0));
    all.metricSnapshot(
        one(
            "ssyncd_digest_index",
            "The index at which members were last compared; 0 if never.",
            now.compared().index()));
    all.metricSnapshot(one("ssyncd_term", "The current term.", now.term()));
    all.metricSnapshot(one("ssyncd_epoch", "The epoch of the table.", now.epoch()));
    all.metricSnapshot(
        one("ssyncd_commit_index", "The last index known to be committed.", now.commitIndex()));
    all.metricSnapshot(
        one("ssyncd_applied_index", "The last index in the table.", now.appliedIndex()));
    all.metricSnapshot(
        gauge(
            "ssyncd_sessions",
            "Records in the table.",
            now.sessions().entrySet().stream()
                .map(
                    e ->
                        point(
                            e.getValue(),
                            Labels.of(
                                "kind", e.getKey().kind().word(), "scope", e.getKey().name())))));
    all.metricSnapshot(
        one("ssyncd_warnings", "Things an operator should look at.", now.warnings().size()));
    address(now.address(), all);
    members(now, all);
    feeds(now, all);
    adopted(now, all);
    FigureMetrics.add(now, all);
    SinkMetrics.add(now, all);
    queues(now, all);
    return all.build();
  }

  private static void address(NodeStatus.AddressStatus now, MetricSnapshots.Builder all) {
    if (now.track() != null) {
      all.metricSnapshot(
          one("ssyncd_track", "The number in keepalived's track file.", number(now.track())));
    }
    all.metricSnapshot(
        one("ssyncd_vip_here", "1 if the address is on this host.", is(now.vip(), "here")));
    all.metricSnapshot(
        counter(
            "ssyncd_vip_moves",
            "How often the address came to this host or left it.",
            Stream.of(count(now.moves(), Labels.EMPTY))));
    all.metricSnapshot(
        counter(
            "ssyncd_notify_lines",
            "Lines of keepalived's FIFO, by whether they were understood.",
            Stream.of(
                count(now.lines(), Labels.of("understood", "yes")),
                count(now.malformed(), Labels.of("understood", "no")))));
  }

  private static void members(NodeStatus now, MetricSnapshots.Builder all) {
    all.metricSnapshot(
        gauge(
            "ssyncd_member_reachable",
            "1 if the member answered lately.",
            now.members().stream()
                .map(m -> point(m.reachable() ? 1 : 0, Labels.of("member", m.name())))));
    all.metricSnapshot(
        gauge(
            "ssyncd_member_lag_entries",
            "Entries that the member is behind.",
            now.members().stream()
                .filter(m -> m.lagEntries() != null)
                .map(m -> point(number(m.lagEntries()), Labels.of("member", m.name())))));
    all.metricSnapshot(
        gauge(
            "ssyncd_member_clock_offset_seconds",
            "How far the member's clock is ahead of this node's.",
            now.members().stream()
                .filter(m -> m.clockOffsetMs() != null)
                .map(m -> point(number(m.clockOffsetMs()) / 1e3, Labels.of("member", m.name())))));
    all.metricSnapshot(
        gauge(
            "ssyncd_member_clock_error_seconds",
            "How far off that estimate may be.",
            now.members().stream()
                .filter(m -> m.clockErrorMs() != null)
                .map(m -> point(number(m.clockErrorMs()) / 1e3, Labels.of("member", m.name())))));
  }

  private static void feeds(NodeStatus now, MetricSnapshots.Builder all) {
    all.metricSnapshot(
        gauge(
            "ssyncd_feed_connected",
            "1 if the process or table behind the feed is in reach.",
            now.feeds().stream().map(f -> point(f.connected() ? 1 : 0, labels(f)))));
    all.metricSnapshot(
        gauge(
            "ssyncd_feed_ingesting",
            "1 if this node ingests the feed.",
            now.feeds().stream().map(f -> point(f.ingesting() ? 1 : 0, labels(f)))));
    all.metricSnapshot(
        counter(
            "ssyncd_feed_events",
            "Changes that the source has seen.",
            now.feeds().stream().map(f -> count(f.events(), labels(f)))));
    all.metricSnapshot(
        counter(
            "ssyncd_feed_malformed",
            "Frames or rows that the source could not read.",
            now.feeds().stream().map(f -> count(f.malformed(), labels(f)))));
  }

  private static void adopted(NodeStatus now, MetricSnapshots.Builder all) {
    all.metricSnapshot(
        gauge(
            "ssyncd_feed_not_adopted",
            "Records that were there when this node began to lead and are kept out by policy.",
            now.feeds().stream().map(f -> point(f.notAdopted(), labels(f)))));
  }

  private static void queues(NodeStatus now, MetricSnapshots.Builder all) {
    all.metricSnapshot(
        gauge(
            "ssyncd_queue_depth",
            "What waits in a queue.",
            now.queues().stream().map(q -> point(q.depth(), Labels.of("queue", q.name())))));
    all.metricSnapshot(
        gauge(
            "ssyncd_queue_bound",
            "What may wait in a queue.",
            now.queues().stream().map(q -> point(q.bound(), Labels.of("queue", q.name())))));
    all.metricSnapshot(
        counter(
            "ssyncd_queue_overflows",
            "How often a queue hit its bound.",
            now.queues().stream().map(q -> count(q.overflows(), Labels.of("queue", q.name())))));
  }

  static Labels labels(NodeStatus.FeedStatus feed) {
    return Labels.of("kind", feed.feed().kind().word(), "feed", feed.feed().name());
  }

  private static double number(@org.jspecify.annotations.Nullable Number number) {
    return number == null ? Double.NaN : number.doubleValue();
  }

  private static double is(String value, String wanted) {
    return value.equals(wanted) ? 1 : 0;
  }

  private static GaugeSnapshot one(String name, String help, double value) {
    return gauge(name, help, Stream.of(point(value, Labels.EMPTY)));
  }

  static GaugeSnapshot gauge(String name, String help, Stream<GaugeDataPointSnapshot> points) {
    GaugeSnapshot.Builder gauge = GaugeSnapshot.builder().name(name).help(help);
    points.forEach(gauge::dataPoint);
    return gauge.build();
  }

  static CounterSnapshot counter(
      String name, String help, Stream<CounterDataPointSnapshot> points) {
    CounterSnapshot.Builder counter = CounterSnapshot.builder().name(name).help(help);
    points.forEach(counter::dataPoint);
    return counter.build();
  }

  static GaugeDataPointSnapshot point(double value, Labels labels) {
    return GaugeDataPointSnapshot.builder().value(value).labels(labels).build();
  }

  static CounterDataPointSnapshot count(double value, Labels labels) {
    return CounterDataPointSnapshot.builder().value(value).labels(labels).build();
  }
}
