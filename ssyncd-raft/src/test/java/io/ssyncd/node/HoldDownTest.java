package io.ssyncd.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** On a clock of the test's own, in milliseconds; it begins below zero, as nanoTime may. */
class HoldDownTest {
  private final HoldDown holdDown = new HoldDown(Duration.ofMillis(100), Duration.ofSeconds(5));

  private static long at(long ms) {
    return (ms - 1_000_000) * 1_000_000;
  }

  private boolean followed(boolean here, long ms) {
    holdDown.look(here, at(ms));
    return holdDown.isFollowed(at(ms));
  }

  @Test
  void anAddressThatComesAfterACalmIsFollowedOnceItHasSettled() {
    assertThat(followed(true, 0)).isFalse();
    assertThat(followed(true, 99)).isFalse();
    assertThat(followed(true, 100)).isTrue();
    assertThat(followed(true, 60_000)).isTrue();
    assertThat(holdDown.moves()).isEqualTo(1);
    assertThat(holdDown.flaps()).isFalse();
  }

  @Test
  void aDoubleMasterOfSomeMillisecondsIsNobody() {
    assertThat(followed(true, 0)).isFalse();
    assertThat(followed(false, 30)).isFalse();
    assertThat(followed(false, 200)).isFalse();
    // And counts for nothing when the address comes to stay.
    assertThat(followed(true, 300)).isFalse();
    assertThat(followed(true, 400)).isTrue();
  }

  @Test
  void anAddressThatComesBackHasToStayForTheHoldDown() {
    assertThat(followed(true, 0)).isFalse();
    assertThat(followed(true, 100)).isTrue();
    assertThat(followed(false, 1_000)).isFalse();
    assertThat(followed(true, 2_000)).isFalse();
    assertThat(followed(true, 6_999)).isFalse();
    assertThat(followed(true, 7_000)).isTrue();
  }

  @Test
  void anAddressThatWasAwayForTheHoldDownComesAsForTheFirstTime() {
    assertThat(followed(true, 0)).isFalse();
    assertThat(followed(false, 1_000)).isFalse();
    assertThat(followed(true, 6_000)).isFalse();
    assertThat(followed(true, 6_100)).isTrue();
  }

  @Test
  void anAddressThatFlapsTakesLeadershipWithItOnce() {
    int followed = 0;
    boolean before = false;
    for (int ms = 0; ms < 60_000; ms += 10) {
      boolean now = followed(ms / 700 % 2 == 0, ms);
      followed += now && !before ? 1 : 0;
      before = now;
    }
    assertThat(followed).isEqualTo(1);
    assertThat(holdDown.flaps()).isTrue();
    assertThat(holdDown.moves()).isEqualTo(86);
    followed(true, 130_000);
    assertThat(holdDown.flaps()).isFalse();
  }
}
