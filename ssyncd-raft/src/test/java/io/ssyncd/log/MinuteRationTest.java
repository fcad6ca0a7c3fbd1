package io.ssyncd.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class MinuteRationTest {
  private static final long BEGIN = Long.MAX_VALUE - Duration.ofSeconds(30).toNanos();
  private final MinuteRation ration = new MinuteRation(2);

  private OptionalLong at(Duration time) {
    return ration.toSay(BEGIN + time.toNanos());
  }

  /** An instance that keepalived sends from state to state filled the log. */
  @Test
  void theLogOfWhatHappensAllTheTimeIsBounded() {
    assertThat(at(Duration.ZERO)).hasValue(0);
    assertThat(at(Duration.ofSeconds(1))).hasValue(0);
    for (int i = 0; i < 1_000; i++) {
      assertThat(at(Duration.ofSeconds(2).plusMillis(50L * i))).as("the %d. more", i).isEmpty();
    }
    assertThat(at(Duration.ofMinutes(1))).as("after a minute").hasValue(1_000);
    assertThat(at(Duration.ofMinutes(1))).hasValue(0);
    assertThat(at(Duration.ofMinutes(1))).isEmpty();
  }
}
