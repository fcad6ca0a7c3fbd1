package io.ssyncd.daemon.metrics;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

class MetricsServerTest {
  @Test
  void aNameThatNobodyKnowsDoesNotOpenThePortOnAllAddresses() {
    InetSocketAddress unknown = InetSocketAddress.createUnresolved("no-such-host.invalid", 0);
    assertThatThrownBy(() -> new MetricsServer(unknown, () -> null).close())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no-such-host.invalid");
  }
}
