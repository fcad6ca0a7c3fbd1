package io.ssyncd.daemon.metrics;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.ssyncd.log.LogFigures;
import java.util.function.Supplier;

/** What the log takes on the disk, as metrics. */
final class FilesCollector implements MultiCollector {
  private final Supplier<LogFigures> figures;

  FilesCollector(Supplier<LogFigures> figures) {
    this.figures = figures;
  }

  @Override
  public MetricSnapshots collect() {
    LogFigures now = figures.get();
    MetricSnapshots.Builder all = MetricSnapshots.builder();
    all.metricSnapshot(one("ssyncd_log_bytes", "What the log's files take.", now.logBytes()));
    all.metricSnapshot(one("ssyncd_log_segments", "Files of the log.", now.segments()));
    all.metricSnapshot(
        one("ssyncd_snapshot_bytes", "What the newest snapshot takes.", now.snapshotBytes()));
    all.metricSnapshot(
        one(
            "ssyncd_snapshot_index",
            "The last entry in the newest snapshot; 0 without one.",
            now.snapshotIndex()));
    all.metricSnapshot(
        one(
            "ssyncd_snapshot_timestamp_seconds",
            "When the newest snapshot was taken or received, seconds since 1970; 0 without one.",
            now.snapshotAtMs() / 1e3));
    return all.build();
  }

  private static GaugeSnapshot one(String name, String help, double value) {
    return GaugeSnapshot.builder()
        .name(name)
        .help(help)
        .dataPoint(GaugeSnapshot.GaugeDataPointSnapshot.builder().value(value).build())
        .build();
  }
}
