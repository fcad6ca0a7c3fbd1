package io.ssyncd.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.ssyncd.log.LogRefusedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {
  @TempDir Path directory;

  @Test
  void itIsMadeAndLockedAndRemembersWhoseItIs() throws Exception {
    Path made = directory.resolve("a/b");
    try (DataDirectory first = DataDirectory.open(made, "prod", "lb1", false)) {
      assertThat(first.currentAtMs()).isEmpty();
      first.keepCurrent(System.currentTimeMillis(), 7);
      assertThat(first.currentAtMs()).isPresent();
      assertThat(first.currentIndex()).isEqualTo(7);
      assertThatExceptionOfType(LogRefusedException.class)
          .isThrownBy(() -> DataDirectory.open(made, "prod", "lb1", false))
          .withMessageContaining(made.toString())
          .withMessageContaining("process " + ProcessHandle.current().pid());
    }
    DataDirectory.open(made, "prod", "lb1", false).close();
  }

  @Test
  void whenItIsRemovedUnderARunningNode_thatIsSaid() throws Exception {
    Path made = directory.resolve("data");
    try (DataDirectory opened = DataDirectory.open(made, "prod", "lb1", false)) {
      opened.keepCurrent(1, 7);
      assertThat(opened.warning()).isNull();
      Files.move(made, directory.resolve("away"));
      opened.keepCurrent(1, 7);
      assertThat(opened.warning()).extracting("code").isEqualTo("data-directory-gone");
      Files.createDirectory(made);
      Files.writeString(made.resolve("lock"), "another's");
      opened.keepCurrent(1, 7);
      assertThat(opened.warning()).extracting("text").asString().contains(made.toString());
    }
  }

  @Test
  void anotherMembersIsRefusedWithWhatToDo() throws Exception {
    DataDirectory.open(directory, "prod", "lb1", false).close();
    for (String[] other : new String[][] {{"prod", "lb2"}, {"test", "lb1"}}) {
      assertThatExceptionOfType(LogRefusedException.class)
          .isThrownBy(() -> DataDirectory.open(directory, other[0], other[1], false))
          .withMessageContaining("member = lb1")
          .withMessageContaining("member = " + other[1])
          .withMessageContaining(directory.toString());
    }
    DataDirectory.open(directory, "prod", "lb1", false).close();
  }

  @Test
  void aFileIsRefused() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "x");
    assertThatExceptionOfType(LogRefusedException.class)
        .isThrownBy(() -> DataDirectory.open(file, "prod", "lb1", false))
        .withMessageContaining(file.toString())
        .withMessageContaining("is a file");
    assertThatExceptionOfType(LogRefusedException.class)
        .isThrownBy(() -> DataDirectory.open(file.resolve("below"), "prod", "lb1", false))
        .withMessageContaining(file.toString());
  }

  @Test
  void garbageAsIdentityIsRefused() throws IOException {
    Files.write(directory.resolve("identity"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
    assertThatExceptionOfType(LogRefusedException.class)
        .isThrownBy(() -> DataDirectory.open(directory, "prod", "lb1", false))
        .withMessageContaining(directory.toString());
    Files.write(directory.resolve("identity"), new byte[10_000]);
    assertThatExceptionOfType(LogRefusedException.class)
        .isThrownBy(() -> DataDirectory.open(directory, "prod", "lb1", false))
        .withMessageContaining("identity");
  }
}
