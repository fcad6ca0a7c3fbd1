package io.ssyncd.log.atomix;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** How long a leader thinks that it has a majority, by a clock that only the test moves. */
class HeardTimesTest {
  private static final Duration WINDOW = Duration.ofMillis(1000);

  private final AtomicLong clock = new AtomicLong(-5);
  private final HeardTimes heard = new HeardTimes(clock::get);

  private boolean majority(String... voters) {
    return heard.majorityWithin(List.of(voters), "a", WINDOW);
  }

  @Test
  void aLeaderThatNobodyAnswersHasAMajorityForTheWindowAndNotANanosecondLonger() {
    heard.hear("b");
    clock.addAndGet(WINDOW.toNanos());
    assertThat(majority("a", "b", "c")).isTrue();
    clock.incrementAndGet();
    assertThat(majority("a", "b", "c")).isFalse();
    heard.hear("c");
    assertThat(majority("a", "b", "c")).isTrue();
  }

  @Test
  void halfIsNoMajorityAndWhoDoesNotVoteDoesNotCount() {
    assertThat(majority("a")).isTrue();
    assertThat(majority("a", "b")).isFalse();
    heard.hear("b");
    heard.hear("x");
    assertThat(majority("a", "b")).isTrue();
    assertThat(majority("a", "b", "c", "d")).isFalse();
    assertThat(majority("a", "b", "c", "d", "e")).isFalse();
    heard.hear("e");
    assertThat(majority("a", "b", "c", "d", "e")).isTrue();
  }
}
