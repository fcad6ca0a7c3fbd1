package io.ssyncd.daemon.metrics;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.ssyncd.node.FollowedSinks;
import java.util.function.Supplier;

/** How the sinks stand that are kept current while another node leads. */
public final class FollowedCollector implements MultiCollector {
  private final Supplier<FollowedSinks> followed;

  /** Of these. */
  public FollowedCollector(Supplier<FollowedSinks> followed) {
    this.followed = followed;
  }

  @Override
  public MetricSnapshots collect() {
    FollowedSinks now = followed.get();
    GaugeSnapshot.Builder lag =
        gauge("ssyncd_materialise_lag_entries", "Entries of the log that are not in the sink yet.");
    GaugeSnapshot.Builder paused =
        gauge("ssyncd_materialise_paused", "1 while the sink is left alone.");
    CounterSnapshot.Builder writes =
        CounterSnapshot.builder()
            .name("ssyncd_materialise_writes")
            .help("Writes since this node follows.");
    CounterSnapshot.Builder records =
        CounterSnapshot.builder()
            .name("ssyncd_materialise_records")
            .help("Records that these wrote and took away.");
    for (FollowedSinks.Sink sink : now.sinks()) {
      Labels labels = Labels.of("kind", sink.feed().kind().word(), "feed", sink.feed().name());
      lag.dataPoint(point(sink.lagEntries(), labels));
      paused.dataPoint(point(sink.paused() == null ? 0 : 1, labels));
      writes.dataPoint(count(sink.writes(), labels));
      records.dataPoint(count(sink.records(), labels));
    }
    return MetricSnapshots.builder()
        .metricSnapshot(
            gauge("ssyncd_materialise_cpu_ratio", "Of one core, over the last minute.")
                .dataPoint(point(now.cpuShare(), Labels.EMPTY))
                .build())
        .metricSnapshot(
            gauge("ssyncd_materialise_cpu_bound_ratio", "What it may be.")
                .dataPoint(point(now.cpuBound(), Labels.EMPTY))
                .build())
        .metricSnapshot(lag.build())
        .metricSnapshot(paused.build())
        .metricSnapshot(writes.build())
        .metricSnapshot(records.build())
        .build();
  }

  private static GaugeSnapshot.Builder gauge(String name, String help) {
    return GaugeSnapshot.builder().name(name).help(help);
  }

  private static GaugeDataPointSnapshot point(double value, Labels labels) {
    return GaugeDataPointSnapshot.builder().value(value).labels(labels).build();
  }

  private static CounterDataPointSnapshot count(double value, Labels labels) {
    return CounterDataPointSnapshot.builder().value(value).labels(labels).build();
  }
}
