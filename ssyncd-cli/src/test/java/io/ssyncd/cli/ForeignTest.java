package io.ssyncd.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ForeignTest {
  @Test
  void whatHasNoControlCharactersStaysAsItIs() {
    assertThat(Foreign.shown("farm \u00e9 \\x1b")).isEqualTo("farm \u00e9 \\x1b");
    assertThat(Foreign.shownBytes("k=\u00c3\u00ffz\\")).isEqualTo("k=\u00c3\u00ffz\\");
  }

  @Test
  void controlCharactersAreShownNotObeyed() {
    assertThat(Foreign.shown("a\u001b[2Jb\u009b1m\n")).isEqualTo("a\\x1b[2Jb\\x9b1m\\x0a");
    assertThat(Foreign.shownBytes("a\u001b[2J\u007f")).isEqualTo("a\\x1b[2J\\x7f");
  }

  @Test
  void lettersOfUtf8StayThoughTheirBytesAloneWouldBeControls() {
    String euro =
        new String("\u20ac\u00e9".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    assertThat(Foreign.shownBytes(euro)).isEqualTo(euro);
  }

  @Test
  void controlsInEitherEncodingAreShown() {
    assertThat(Foreign.shownBytes("\u009b1m")).isEqualTo("\\x9b1m");
    assertThat(Foreign.shownBytes("\u00c2\u009b1m")).isEqualTo("\\xc2\\x9b1m");
    assertThat(Foreign.shownBytes("\u00e2\u0082")).isEqualTo("\u00e2\\x82");
  }
}
