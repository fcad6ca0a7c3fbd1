package io.ssyncd.daemon.legacy;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.ssyncd.session.Kind;
import io.ssyncd.sink.pair.BackupFigures;
import io.ssyncd.source.pair.ImportReport;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/** How an import goes, and what old backups are served. */
public final class LegacyCollector implements MultiCollector {
  private final Supplier<Optional<ImportReport>> imports;

  private final Supplier<Optional<BackupFigures>> backups;

  LegacyCollector(
      Supplier<Optional<ImportReport>> imports, Supplier<Optional<BackupFigures>> backups) {
    this.imports = imports;
    this.backups = backups;
  }

  @Override
  public MetricSnapshots collect() {
    MetricSnapshots.Builder all = MetricSnapshots.builder();
    imports.get().ifPresent(report -> imported(report, all));
    backups.get().ifPresent(figures -> served(figures, all));
    return all.build();
  }

  private static void imported(ImportReport report, MetricSnapshots.Builder to) {
    CounterSnapshot.Builder frames =
        CounterSnapshot.builder()
            .name("ssyncd_import_frames")
            .help("Frames of an old master in the newest import, by what became of them.");
    report
        .counts()
        .forEach(
            (kind, counts) ->
                byOutcome(counts)
                    .forEach((outcome, count) -> frames.dataPoint(point(kind, outcome, count))));
    to.metricSnapshot(frames.build());
    to.metricSnapshot(
        gauge(
            "ssyncd_import_connected",
            "1 while the old master of an import is connected.",
            report.connected() ? 1 : 0));
  }

  private static void served(BackupFigures figures, MetricSnapshots.Builder to) {
    to.metricSnapshot(
        counter("ssyncd_old_backup_frames", "Frames that were sent to old backups.")
            .dataPoint(CounterDataPointSnapshot.builder().value(figures.frames()).build())
            .build());
    to.metricSnapshot(
        byReason(
            "ssyncd_old_backup_not_sent",
            "Changes that the old protocol cannot carry, by reason.",
            figures.notSent()));
    to.metricSnapshot(
        byReason(
            "ssyncd_old_backup_dropped",
            "Old backups that were cut off or not let in, by reason.",
            figures.dropped()));
    to.metricSnapshot(
        gauge("ssyncd_old_backups", "Old backups that are connected.", figures.connected()));
    to.metricSnapshot(
        gauge(
            "ssyncd_old_backup_waiting",
            "The most changes that wait for an old backup.",
            figures.waiting()));
    to.metricSnapshot(
        gauge(
            "ssyncd_old_backup_waiting_bound",
            "How many changes may wait for an old backup.",
            figures.bound()));
  }

  private static CounterSnapshot.Builder counter(String name, String help) {
    return CounterSnapshot.builder().name(name).help(help);
  }

  private static GaugeSnapshot gauge(String name, String help, long value) {
    return GaugeSnapshot.builder()
        .name(name)
        .help(help)
        .dataPoint(GaugeDataPointSnapshot.builder().value(value).build())
        .build();
  }

  private static CounterSnapshot byReason(String name, String help, Map<String, Long> counts) {
    CounterSnapshot.Builder counter = counter(name, help);
    counts.forEach(
        (reason, count) ->
            counter.dataPoint(
                CounterDataPointSnapshot.builder()
                    .value(count)
                    .labels(Labels.of("reason", reason))
                    .build()));
    return counter.build();
  }

  private static Map<String, Long> byOutcome(ImportReport.Counts counts) {
    Map<String, Long> by = new TreeMap<>();
    by.put("added", counts.added());
    by.put("updated", counts.updated());
    by.put("unchanged", counts.unchanged());
    by.put("thinned", counts.thinned());
    by.put("older", counts.older());
    by.put("expired", counts.expired());
    by.put("removed", counts.removed());
    by.put("kept", counts.kept());
    by.put("refused", counts.refused().values().stream().mapToLong(Long::longValue).sum());
    return by;
  }

  private static CounterDataPointSnapshot point(Kind kind, String outcome, long count) {
    return CounterDataPointSnapshot.builder()
        .value(count)
        .labels(Labels.of("kind", kind.word(), "outcome", outcome))
        .build();
  }
}
