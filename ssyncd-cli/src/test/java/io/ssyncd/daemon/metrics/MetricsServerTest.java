package io.ssyncd.daemon.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MetricsServerTest {
  @Test
  void aNameThatNobodyKnowsDoesNotOpenThePortOnAllAddresses() {
    InetSocketAddress unknown = InetSocketAddress.createUnresolved("no-such-host.invalid", 0);
    assertThatThrownBy(() -> new MetricsServer(unknown, () -> null, Map::of, () -> null).close())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no-such-host.invalid");
  }

  @Test
  void whatTheLogCountsIsScraped() {
    var counted = new LogCollector(() -> Map.of("net_tls_failures", 3L)).collect();

    assertThat(counted.getMetadata().getPrometheusName()).isEqualTo("ssyncd_log_events");
    assertThat(counted.getDataPoints())
        .singleElement()
        .satisfies(
            point -> {
              assertThat(point.getLabels().get("event")).isEqualTo("net_tls_failures");
              assertThat(((CounterDataPointSnapshot) point).getValue()).isEqualTo(3);
            });
  }
}
