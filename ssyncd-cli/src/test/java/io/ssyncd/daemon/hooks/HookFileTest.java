package io.ssyncd.daemon.hooks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HookFileTest {
  @TempDir Path dir;

  private Path file(String mode) throws IOException {
    Path file = Files.writeString(dir.resolve("hook"), "#!/bin/sh\n");
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
  }

  @Test
  void aProgramOfItsOwnerIsFine() throws Exception {
    assertThat(HookFile.objection(file("rwxr-xr-x").toString())).isEmpty();
  }

  @Test
  void eachObjectionSaysWhatIsWrong() throws Exception {
    assertThat(HookFile.objection("hook").orElseThrow()).contains("absolute");
    assertThat(HookFile.objection("/no/such/hook").orElseThrow()).contains("does not exist");
    assertThat(HookFile.objection(dir.toString()).orElseThrow()).contains("no file");
    assertThat(HookFile.objection("/a\0b").orElseThrow()).contains("no path");
    assertThat(HookFile.objection(file("rw-r--r--").toString()).orElseThrow()).contains("chmod +x");
    assertThat(HookFile.objection(file("rwxr-xrwx").toString()).orElseThrow())
        .contains("everybody");
  }

  @Test
  void aDirectoryWhereEverybodyWritesIsAsGoodAsTheFile() throws Exception {
    Path hook = file("rwxr-xr-x");
    Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertThat(HookFile.objection(hook.toString()).orElseThrow()).contains("replaced");
  }
}
