package io.ssyncd.ctl;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ColoursTest {
  @Test
  void onATerminalThatIsNotToldOtherwise() {
    assertThat(wanted("012", Map.of("TERM", "xterm"))).isTrue();
    assertThat(wanted("012", Map.of("TERM", "xterm", "NO_COLOR", ""))).isTrue();
  }

  @Test
  void nowhereElse() {
    assertThat(wanted("02", Map.of("TERM", "xterm"))).as("into a file or a pipe").isFalse();
    assertThat(wanted("012", Map.of("TERM", "xterm", "NO_COLOR", "1"))).isFalse();
    assertThat(wanted("012", Map.of("TERM", "dumb"))).isFalse();
    assertThat(wanted("012", Map.of())).isFalse();
  }

  private static boolean wanted(String streams, Map<String, String> environment) {
    return Colours.wanted(Terminal.of(streams, environment), environment);
  }
}
