package io.ssyncd.source.pound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ssyncd.source.pound.PoundLinkConfig.BackOff;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PoundLinkConfigTest {
  @Test
  void defect10_aFarmNameThatPoundCannotHaveIsRefused() {
    assertThatThrownBy(() -> PoundLinkConfig.of("f".repeat(200)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1 to 26 bytes, not 200");
    assertThatThrownBy(() -> PoundLinkConfig.of("f".repeat(27)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(PoundLinkConfig.of("f".repeat(26)).socket())
        .isEqualTo(Path.of("/tmp/ssync_" + "f".repeat(26) + ".socket"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a/b",
        "../x",
        "a\0b",
        "..",
        "\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9"
      })
  void aFarmNameThatIsNoFileNameIsRefused(String name) {
    assertThatThrownBy(() -> PoundLinkConfig.of(name)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void waitsGrowToTheirBound() {
    BackOff backOff = new BackOff(Duration.ofMillis(20), Duration.ofSeconds(2));
    assertThat(backOff.after(0)).hasMillis(20);
    assertThat(backOff.after(3)).hasMillis(160);
    assertThat(backOff.after(7)).hasSeconds(2);
    assertThat(backOff.after(Integer.MAX_VALUE)).hasSeconds(2);
  }

  @Test
  void refreshesAreToldAtATwentiethOfTheTtlButNotWithinASecond() {
    assertThat(Thinning.DEFAULT.intervalMs(300_000)).isEqualTo(15_000);
    assertThat(Thinning.DEFAULT.intervalMs(5_000)).isEqualTo(1_000);
    assertThat(Thinning.DEFAULT.intervalMs(0)).isEqualTo(5_000);
  }

  @Test
  void noThinningHoldsARefreshBackForMoreThanHalfOfTheTtl() {
    Thinning coarse = new Thinning(Duration.ofMinutes(10), 2, Duration.ofSeconds(5));
    assertThat(coarse.intervalMs(3_600_000)).isEqualTo(1_800_000);
    assertThat(coarse.intervalMs(300_000)).isEqualTo(150_000);
    assertThat(coarse.intervalMs(1_000)).isEqualTo(1_000);
    assertThat(coarse.intervalMs(0)).isEqualTo(600_000);
    assertThatThrownBy(() -> new Thinning(Duration.ofSeconds(1), 1, Duration.ofSeconds(5)))
        .hasMessageContaining("2 or more, not 1");
  }
}
