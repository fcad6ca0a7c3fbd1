package io.ssyncd.source.pair;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class AbsenceTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private long now = Long.MAX_VALUE - Duration.ofSeconds(10).toNanos();
  private final Absence absence = new Absence(Duration.ofSeconds(5), now);

  private void later(Duration time) {
    now += time.toNanos();
  }

  private boolean isTooLong() {
    return absence.isLonger(PATIENCE, now);
  }

  /** An import waited for ever for one that closes what it accepts. */
  @Test
  void aMasterThatClosesWhatItAcceptsIsAsAbsentAsOneThatAcceptsNothing() {
    for (int i = 0; i < 30; i++) {
      absence.connected(now);
      absence.lost(now);
      assertThat(absence.lasted()).isFalse();
      assertThat(isTooLong()).as("after %d s", i).isFalse();
      later(Duration.ofSeconds(1));
    }
    later(Duration.ofSeconds(1));
    absence.connected(now);
    assertThat(isTooLong()).isFalse();
    absence.lost(now);
    assertThat(isTooLong()).isTrue();
  }

  @Test
  void aConnectionThatLastedIsTheBeginOfANewWait() {
    later(Duration.ofSeconds(20));
    absence.connected(now);
    later(Duration.ofSeconds(60));
    absence.lost(now);
    assertThat(absence.lasted()).isTrue();
    assertThat(isTooLong()).isFalse();
    later(Duration.ofSeconds(29));
    absence.lost(now);
    assertThat(absence.lasted()).as("one that could not be connected").isFalse();
    assertThat(isTooLong()).isFalse();
    later(Duration.ofSeconds(2));
    assertThat(isTooLong()).isTrue();
  }
}
