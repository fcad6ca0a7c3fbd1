package io.ssyncd.log.atomix;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class SilenceTest {
  private static final long MS = 1_000_000;

  private final Silence silence = new Silence(Duration.ofSeconds(3), Duration.ofMillis(500), 0);

  private boolean tooLong(boolean heard, long ms) {
    return silence.tooLong(heard, ms * MS);
  }

  @Test
  void isTooLongOnceNothingWasHeardForLongerThanThePatience() {
    for (long ms = 50; ms <= 3_000; ms += 50) {
      assertThat(tooLong(false, ms)).as("%d ms", ms).isFalse();
    }
    assertThat(tooLong(false, 3_050)).isTrue();
    silence.beginAnew(3_050 * MS);
    assertThat(tooLong(false, 3_100)).isFalse();
  }

  @Test
  void endsWithWhatIsHeard() {
    for (long ms = 50; ms <= 10_000; ms += 50) {
      assertThat(tooLong(ms % 1_000 == 0, ms)).as("%d ms", ms).isFalse();
    }
  }

  /**
   * A member that was restarted under traffic applied its log for five seconds, and deposed the
   * healthy leader whose appends waited in its queue.
   */
  @Test
  void aThreadThatWasBusyForSecondsHasHeardNothingYet() {
    assertThat(tooLong(true, 50)).isFalse();
    assertThat(tooLong(false, 5_050)).as("the first look after it").isFalse();
    assertThat(tooLong(false, 5_051)).as("looks that are made up for").isFalse();
    assertThat(tooLong(true, 5_100)).isFalse();
    for (long ms = 5_150; ms <= 8_100; ms += 50) {
      assertThat(tooLong(false, ms)).as("%d ms", ms).isFalse();
    }
    assertThat(tooLong(false, 8_150)).as("the leader is dead after all").isTrue();
  }
}
