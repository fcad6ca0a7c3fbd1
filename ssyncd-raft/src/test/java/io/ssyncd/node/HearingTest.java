package io.ssyncd.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.ssyncd.node.Hearing.Silence;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class HearingTest {
  @Test
  void ofTwoThatHearDifferentFarmsNoneIsBetter() {
    Hearing noF1 = silent(Map.of("f1", Silence.DEAF));
    Hearing noF2 = silent(Map.of("f2", Silence.AWAY));
    Hearing none = silent(Map.of("f1", Silence.AWAY, "f2", Silence.DEAF));
    assertThat(noF1.isBetterThan(noF2)).isFalse();
    assertThat(noF2.isBetterThan(noF1)).isFalse();
    assertThat(noF1.isBetterThan(noF1)).isFalse();
    assertThat(noF1.isBetterThan(none)).isTrue();
    assertThat(none.isBetterThan(noF1)).isFalse();
    assertThat(Hearing.ALL.isBetterThan(noF1)).isTrue();
    assertThat(none.deafFarms()).isEqualTo("f2");
  }

  private static Hearing silent(Map<String, Silence> farms) {
    return new Hearing(new TreeMap<>(farms));
  }
}
