package io.ssyncd.daemon.pair;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackgroundTest {
  @TempDir Path dir;
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private Background background() {
    return new Background(
        dir.resolve("s"),
        dir.resolve("ssyncd.log"),
        true,
        new PrintStream(err, true, StandardCharsets.UTF_8));
  }

  @Test
  void aStartThatFailedLeavesNoFileOfWhatItSaid() throws IOException {
    Path said = Files.writeString(dir.resolve("ssyncd.log.start"), "no key\n");
    background().relayLast(said, false);
    assertThat(err.toString(StandardCharsets.UTF_8)).isEqualTo("no key\n");
    assertThat(said).doesNotExist();
  }

  @Test
  void whatIsTooLongToBeSaidStaysAndSoDoesTheFileOfAnotherDaemon() throws IOException {
    Path said = Files.writeString(dir.resolve("ssyncd.log.start"), "x".repeat(100_000));
    background().relayLast(said, false);
    assertThat(said).hasSize(100_000);
    Files.writeString(said, "it runs already\n");
    background().relayLast(said, true);
    assertThat(said).exists();
  }
}
