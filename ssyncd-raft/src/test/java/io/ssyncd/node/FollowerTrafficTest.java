package io.ssyncd.node;

import static io.ssyncd.node.TestCluster.F1;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class FollowerTrafficTest {
  private final ScriptedEndpoint pound = new ScriptedEndpoint(F1);
  private final LocalFeed feed =
      new LocalFeed(
          F1, pound, null, new SinkWriter("unused", new NodeLoop("timer")), new FeedCounters());
  private final FollowerTraffic traffic = new FollowerTraffic(Duration.ZERO);

  private void window(boolean busy) {
    if (busy) {
      pound.seen.incrementAndGet();
    }
    traffic.tick(false, List.of(feed));
  }

  @Test
  void changesInWindowAfterWindowAreTraffic() {
    window(true);
    window(true);
    window(true);
    assertThat(traffic.warning()).isNull();
    window(true);
    assertThat(traffic.warning()).isNotNull();
    assertThat(traffic.warning().text()).contains("f1");
    traffic.tick(true, List.of(feed));
    assertThat(traffic.warning()).isNull();
  }

  @Test
  void aDumpOrASweepIsNone() {
    for (int i = 0; i < 20; i++) {
      window(i % 3 == 0);
      assertThat(traffic.warning()).isNull();
    }
  }
}
