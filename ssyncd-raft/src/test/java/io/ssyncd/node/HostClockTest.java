package io.ssyncd.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class HostClockTest {
  private static final long HOUR = Duration.ofHours(1).toMillis();

  private long steadyMs = 5_000;
  private long setMs = 1_700_000_000_000L;
  private final HostClock clock = new HostClock(() -> steadyMs + setMs, () -> steadyMs * 1_000_000);

  private void passes(long ms) {
    for (long left = ms; left > 0; left -= 1000) {
      steadyMs += Math.min(left, 1000);
      assertThat(clock.millis()).isEqualTo(steadyMs + setMs);
    }
  }

  @Test
  void whileNobodySetsIt_itIsTheWallClock() {
    passes(HOUR);
    assertThat(clock.wasSetForwardWithin(10 * HOUR)).isFalse();
    assertThat(clock.behindMillis()).isZero();
  }

  @Test
  void slowCorrectionsAreNoJumps() {
    for (int i = 0; i < 3600; i++) {
      setMs += 1;
      passes(1000);
    }
    assertThat(clock.wasSetForwardWithin(10 * HOUR)).isFalse();
  }

  @Test
  void setForward_nothingCanBeJudgedForItsOwnLife() {
    setMs += HOUR;
    assertThat(clock.wasSetForwardWithin(300_000)).isTrue();
    passes(300_000);
    assertThat(clock.wasSetForwardWithin(300_000)).isTrue();
    passes(1);
    assertThat(clock.wasSetForwardWithin(300_000)).isFalse();
    assertThat(clock.wasSetForwardWithin(600_000)).isTrue();
    assertThat(clock.behindMillis()).isZero();
  }

  @Test
  void setBack_itSaysByHowMuchUntilItIsRightAgain() {
    setMs -= HOUR;
    assertThat(clock.behindMillis()).isEqualTo(HOUR);
    assertThat(clock.wasSetForwardWithin(HOUR)).isFalse();
    passes(HOUR);
    assertThat(clock.behindMillis()).isEqualTo(HOUR);
    setMs += HOUR;
    assertThat(clock.behindMillis()).isZero();
  }

  @Test
  void aClockThatWasAheadAndIsSetRightIsNotBehind() {
    setMs += HOUR;
    passes(1000);
    setMs -= HOUR;
    assertThat(clock.behindMillis()).isZero();
  }

  @Test
  void setBackByMoreThanADay_itHadBeenWrong() {
    setMs -= 25 * HOUR;
    assertThat(clock.behindMillis()).isZero();
  }
}
