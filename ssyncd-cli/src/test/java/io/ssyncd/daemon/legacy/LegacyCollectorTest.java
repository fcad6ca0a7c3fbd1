package io.ssyncd.daemon.legacy;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.ssyncd.session.Kind;
import io.ssyncd.sink.pair.BackupFigures;
import io.ssyncd.source.pair.DumpEnd;
import io.ssyncd.source.pair.ImportReport;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class LegacyCollectorTest {
  @Test
  void nothingIsScrapedWhereNothingIsDoneForAnOldPair() {
    assertThat(new LegacyCollector(Optional::empty, Optional::empty).collect()).isEmpty();
  }

  @Test
  void everyCountOfAnImportAndOfOldBackupsIsScraped() {
    SortedMap<Kind, ImportReport.Counts> counts = new TreeMap<>();
    counts.put(
        Kind.HTTP,
        new ImportReport.Counts(
            9, 1, 1, 1, 1, 1, 1, 1, 0, 1, new TreeMap<>(Map.of("ambiguous-id", 2L))));
    ImportReport report =
        new ImportReport(
            "10.0.0.1:7777",
            true,
            1,
            "",
            3,
            DumpEnd.How.QUIET,
            counts,
            new TreeMap<>(),
            0,
            0,
            new ImportReport.Time(250, OptionalInt.empty(), false, OptionalLong.empty()),
            0);
    BackupFigures figures =
        new BackupFigures(
            true,
            1,
            5,
            100,
            7,
            new TreeMap<>(Map.of("ipv6", 3L)),
            new TreeMap<>(Map.of("too-slow", 1L)),
            false);

    List<MetricSnapshot> all =
        new LegacyCollector(() -> Optional.of(report), () -> Optional.of(figures))
            .collect().stream().toList();

    assertThat(all)
        .extracting(each -> each.getMetadata().getPrometheusName())
        .containsExactlyInAnyOrder(
            "ssyncd_import_frames",
            "ssyncd_import_connected",
            "ssyncd_old_backup_frames",
            "ssyncd_old_backup_not_sent",
            "ssyncd_old_backup_dropped",
            "ssyncd_old_backups",
            "ssyncd_old_backup_waiting",
            "ssyncd_old_backup_waiting_bound");
  }
}
