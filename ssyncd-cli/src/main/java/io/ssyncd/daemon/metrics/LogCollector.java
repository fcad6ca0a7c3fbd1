package io.ssyncd.daemon.metrics;

import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.Map;
import java.util.function.Supplier;

/** What the log counts: bounds that were reached, strangers, certificates that were refused. */
final class LogCollector implements Collector {
  private final Supplier<Map<String, Long>> counts;

  LogCollector(Supplier<Map<String, Long>> counts) {
    this.counts = counts;
  }

  @Override
  public MetricSnapshot collect() {
    CounterSnapshot.Builder all =
        CounterSnapshot.builder()
            .name("ssyncd_log_events")
            .help("How often it happened to the log (log_) or its connections (net_).");
    counts
        .get()
        .forEach(
            (event, count) ->
                all.dataPoint(
                    CounterDataPointSnapshot.builder()
                        .value(count)
                        .labels(Labels.of("event", event))
                        .build()));
    return all.build();
  }
}
