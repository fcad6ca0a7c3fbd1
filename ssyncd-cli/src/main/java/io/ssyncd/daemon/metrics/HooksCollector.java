package io.ssyncd.daemon.metrics;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.ssyncd.daemon.hooks.Hooks;
import java.util.Map;
import java.util.function.Supplier;

/** How the runs of hooks ended. */
public final class HooksCollector implements MultiCollector {
  private final Supplier<? extends Map<Hooks.Count, Long>> counts;

  /** Of these counts. */
  public HooksCollector(Supplier<? extends Map<Hooks.Count, Long>> counts) {
    this.counts = counts;
  }

  @Override
  public MetricSnapshots collect() {
    CounterSnapshot.Builder runs =
        CounterSnapshot.builder()
            .name("ssyncd_hook_runs")
            .help("Runs of hooks, by how they ended: ok, failed, timeout, not-started, skipped.");
    counts
        .get()
        .forEach(
            (what, count) ->
                runs.dataPoint(
                    CounterDataPointSnapshot.builder()
                        .value(count)
                        .labels(Labels.of("hook", what.event(), "result", what.result()))
                        .build()));
    return MetricSnapshots.builder().metricSnapshot(runs.build()).build();
  }
}
