package io.ssyncd.node;

import static io.ssyncd.node.TestCluster.PATIENCE;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class NodeLoopTest {
  @Test
  void aTickThatFailsWithAnErrorIsNotTheLastOne() {
    AtomicInteger ticks = new AtomicInteger();
    try (NodeLoop loop = new NodeLoop("ssyncd-test")) {
      loop.every(
          Duration.ofMillis(1),
          () -> {
            ticks.incrementAndGet();
            throw new AssertionError("for the test");
          });
      await().atMost(PATIENCE).until(() -> ticks.get() >= 3);
    }
  }
}
