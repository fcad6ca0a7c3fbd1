package io.ssyncd.log.atomix;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ClockSamplesTest {
  private final ClockSamples samples = new ClockSamples();

  /** Their clock is 1,000 us ahead; the ways take the given times. */
  private void sample(long at, long there, long back) {
    samples.add(at, at + there + 1000, at + there + 1000 + 10, at + there + 10 + back);
  }

  @Test
  void nothingIsKnownWithoutASample() {
    assertThat(samples.offset()).isNull();
  }

  @Test
  void waysOfEqualLengthGiveTheTruth() {
    sample(0, 300, 300);
    assertThat(samples.offset()).isEqualTo(Duration.ofNanos(1_000_000));
  }

  @Test
  void theShortestWayIsBelieved() {
    sample(0, 5000, 100);
    sample(10_000, 110, 100);
    sample(20_000, 100, 9000);
    assertThat(samples.offset()).isEqualTo(Duration.ofNanos(1_005_000));
  }

  @Test
  void oldSamplesAreForgotten() {
    sample(0, 10, 10);
    for (int i = 1; i <= ClockSamples.WINDOW; i++) {
      samples.add(i * 1000L, i * 1000L + 100, i * 1000L + 100, i * 1000L + 200);
    }
    assertThat(samples.offset()).isEqualTo(Duration.ZERO);
  }

  @Test
  void aClockThatWasSetMeanwhileIsNoSample() {
    samples.add(10_000, 0, 0, 5000);
    assertThat(samples.offset()).isNull();
  }
}
