package io.ssyncd.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class ProcessNameTest {
  @Test
  @EnabledOnOs(OS.LINUX)
  void theKernelKnowsTheProcessByItsName() throws IOException {
    Path comm = Path.of("/proc", Long.toString(ProcessHandle.current().pid()), "comm");
    String before = Files.readString(comm).strip();
    try {
      ProcessName.set("ssyncd");
      assertThat(Files.readString(comm)).isEqualTo("ssyncd\n");
    } finally {
      ProcessName.set(before);
    }
  }

  @Test
  void aNameTheKernelWouldCutIsRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> ProcessName.set("sixteen bytes ab"));
    assertThatIllegalArgumentException().isThrownBy(() -> ProcessName.set(""));
  }
}
