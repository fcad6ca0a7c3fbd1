package io.ssyncd.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RepeatedFailureTest {
  private static final long BEGIN = Long.MAX_VALUE - Duration.ofSeconds(30).toNanos();
  private final RepeatedFailure failure = new RepeatedFailure();

  private long at(Duration time) {
    return failure.toSay(BEGIN + time.toNanos());
  }

  @Test
  void aTickThatAlwaysThrowsIsSaidOnceAndThenOnceAMinuteWithACount() {
    assertThat(at(Duration.ZERO)).isEqualTo(1);
    for (int i = 1; i < 1_200; i++) {
      assertThat(at(Duration.ofMillis(50L * i))).as("the %d. tick", i).isZero();
    }
    assertThat(at(Duration.ofMinutes(1))).as("after a minute").isEqualTo(1_200);
    assertThat(at(Duration.ofMinutes(1).plusMillis(50))).isZero();
  }

  @Test
  void oneThatComesAfterACalmIsSaidAtOnce() {
    assertThat(at(Duration.ZERO)).isEqualTo(1);
    assertThat(at(Duration.ofHours(1))).isEqualTo(1);
  }
}
