package io.ssyncd.log.atomix;

import static org.assertj.core.api.Assertions.assertThat;

import io.ssyncd.log.ClockOffset;
import java.time.Duration;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ClockSamplesTest {
  /** Our wall clock is as far ahead of our monotonic one: half a century. */
  private static final long WALL = 1_600_000_000_000_000L;

  private final ClockSamples samples = new ClockSamples();

  /** Their clock is 1,000 us ahead; the ways take the given times. */
  private void sample(long at, long there, long back) {
    sample(at, there, back, 1000);
  }

  private void sample(long at, long there, long back, long ahead) {
    long received = WALL + at + there + ahead;
    samples.add(at, received, received + 10, at + there + 10 + back);
  }

  private Duration ahead() {
    return Objects.requireNonNull(samples.offset(WALL)).ahead();
  }

  private static Duration micros(long micros) {
    return Duration.ofNanos(micros * 1000);
  }

  @Test
  void nothingIsKnownWithoutASample() {
    assertThat(samples.offset(WALL)).isNull();
  }

  @Test
  void waysOfEqualLengthGiveTheTruth() {
    sample(0, 300, 300);
    assertThat(samples.offset(WALL)).isEqualTo(new ClockOffset(micros(1000), micros(300)));
  }

  @Test
  void theShortestWayIsBelieved() {
    sample(0, 5000, 100);
    sample(10_000, 110, 100);
    sample(20_000, 100, 9000);
    assertThat(samples.offset(WALL)).isEqualTo(new ClockOffset(micros(1005), micros(105)));
  }

  @Test
  void oldSamplesAreForgotten() {
    sample(0, 10, 10);
    for (int i = 1; i <= ClockSamples.WINDOW; i++) {
      sample(i * 1000L, 100, 100, 3000);
    }
    assertThat(ahead()).isEqualTo(micros(3000));
  }

  @Test
  void aClockThatWasSetMeanwhileIsNoSample() {
    samples.add(10_000, WALL, WALL, 5000);
    assertThat(samples.offset(WALL)).isNull();
  }

  /** The estimate kept showing the old offset for as long as the best of the old samples lived. */
  @Test
  void aClockThatWasSetIsBelievedAtTheNextSample() {
    for (int i = 0; i < ClockSamples.WINDOW; i++) {
      sample(i * 1000L, 10, 10);
    }
    sample(100_000, 500, 700, 3_600_000_000L);
    assertThat(ahead()).isEqualTo(micros(3_600_000_000L - 100));
    sample(101_000, 10, 10, 3_600_000_000L);
    assertThat(ahead()).isEqualTo(micros(3_600_000_000L));
  }

  @Test
  void aLongWayIsNoSetClock() {
    sample(0, 10, 10);
    sample(1000, 400_000, 10);
    assertThat(ahead()).isEqualTo(micros(1000));
  }

  @Test
  void ourOwnClockThatWasSetNeedsNoSample() {
    sample(0, 10, 10);
    assertThat(Objects.requireNonNull(samples.offset(WALL + 60_000_000)).ahead())
        .isEqualTo(micros(1000 - 60_000_000));
  }

  @Test
  void theErrorIsNeverLessThanHowFarOffItIs() {
    long seed = Long.getLong("ssyncd.seed", System.nanoTime());
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 10_000; i++) {
      sample(i * 250_000L, random.nextLong(20_000), random.nextLong(20_000));
      ClockOffset offset = Objects.requireNonNull(samples.offset(WALL));
      assertThat(offset.ahead().minus(micros(1000)).abs())
          .as("-Dssyncd.seed=%d", seed)
          .isLessThanOrEqualTo(offset.error().plus(micros(1)));
    }
  }
}
