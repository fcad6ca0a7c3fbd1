package io.ssyncd.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VrrpLinesTest {
  private final List<VrrpLine> heard = new ArrayList<>();
  private final VrrpLines lines = new VrrpLines(heard::add);

  private void feed(String text) {
    lines.accept(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)));
  }

  @Test
  void linesAsKeepalivedWritesThemAreRead() {
    feed("INSTANCE \"VI_1\" MASTER 198\nGROUP \"G\" BACKUP 0\nINSTANCE \"a b\" FAULT\n");
    assertThat(heard)
        .containsExactly(
            new VrrpLine(false, "VI_1", VrrpState.MASTER, 198),
            new VrrpLine(true, "G", VrrpState.BACKUP, 0),
            new VrrpLine(false, "a b", VrrpState.FAULT, 0));
    assertThat(lines.lines()).isEqualTo(3);
    assertThat(lines.malformed()).isZero();
  }

  @Test
  void everyStateOfKeepalivedIsKnownAndTheMastersAmongThem() throws Exception {
    List<VrrpState> masters = new ArrayList<>();
    for (VrrpState state : VrrpState.values()) {
      VrrpLine line = VrrpLine.parse("INSTANCE \"VI_1\" " + state + " 1");
      assertThat(line.state()).isEqualTo(state);
      if (state.isMaster()) {
        masters.add(state);
      }
    }
    assertThat(masters)
        .containsExactly(
            VrrpState.MASTER, VrrpState.MASTER_RX_LOWER_PRI, VrrpState.MASTER_PRIORITY);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      textBlock =
          """
          ''                             | form
          VI_1 MASTER 100                | form
          INSTANCE VI_1 MASTER 100       | form
          instance "VI_1" MASTER 100     | form
          INSTANCE "VI_1" MASTER -1      | form
          INSTANCE "VI_1" MASTER 100 x   | form
          INSTANCE "" MASTER 100         | 0 characters
          INSTANCE "VI_1" SLAVE 100      | the state SLAVE
          INSTANCE "VI_1" MASTER 256     | 256
          """)
  void whatIsWrongWithALineIsSaid(String line, String reason) {
    assertThatThrownBy(() -> VrrpLine.parse(line))
        .isInstanceOf(VrrpLine.Malformed.class)
        .hasMessageContaining(reason);
  }

  @Test
  void garbageIsPassedOverAndTheNextLineIsRead() {
    feed("garbage\0\u00ff\nINSTANCE \"VI_1\" BACKUP 100\n");
    feed("x".repeat(10_000) + "\n");
    feed("INSTANCE \"VI_1\" MASTER 100\n");
    assertThat(heard)
        .extracting(VrrpLine::state)
        .containsExactly(VrrpState.BACKUP, VrrpState.MASTER);
    assertThat(lines.malformed()).isEqualTo(2);
  }

  @Test
  void aLineOfTheBoundIsReadAndALongerOneIsNone() {
    String start = "INSTANCE \"VI_1\" MASTER 100";
    feed(start + " ".repeat(VrrpLines.MAX_LINE - start.length()) + "\n");
    feed(start + " ".repeat(VrrpLines.MAX_LINE - start.length() + 1) + "\n");
    assertThat(lines.malformed()).isEqualTo(2);
    feed("INSTANCE \"" + "n".repeat(VrrpLine.MAX_NAME) + "\" MASTER 100\n");
    assertThat(lines.lines()).isEqualTo(1);
  }

  @Test
  void howTheBytesAreCutDoesNotMatter() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    String text =
        "INSTANCE \"VI_1\" MASTER 198\nnonsense\nINSTANCE \"VI_1\" BACKUP 98\n".repeat(20);
    for (int at = 0; at < text.length(); ) {
      int next = Math.min(text.length(), at + 1 + random.nextInt(40));
      feed(text.substring(at, next));
      at = next;
    }
    assertThat(lines.lines()).as("seed %d", seed).isEqualTo(40);
    assertThat(lines.malformed()).as("seed %d", seed).isEqualTo(20);
  }
}
