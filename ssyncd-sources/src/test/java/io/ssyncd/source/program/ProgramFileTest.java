package io.ssyncd.source.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProgramFileTest {
  @TempDir Path dir;

  private Path file(String mode) throws IOException {
    Path file = Files.writeString(dir.resolve("hook"), "#!/bin/sh\n");
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
  }

  @Test
  void aProgramOfItsOwnerIsFine() throws Exception {
    assertThat(ProgramFile.objection(file("rwxr-xr-x").toString())).isEmpty();
  }

  @Test
  void eachObjectionSaysWhatIsWrong() throws Exception {
    assertThat(ProgramFile.objection("hook").orElseThrow()).contains("absolute");
    assertThat(ProgramFile.objection("/no/such/hook").orElseThrow()).contains("does not exist");
    assertThat(ProgramFile.objection(dir.toString()).orElseThrow()).contains("no file");
    assertThat(ProgramFile.objection("/a\0b").orElseThrow()).contains("no path");
    assertThat(ProgramFile.objection(file("rw-r--r--").toString()).orElseThrow())
        .contains("chmod +x");
    assertThat(ProgramFile.objection(file("rwxr-xrwx").toString()).orElseThrow())
        .contains("everybody");
  }

  @Test
  void aDirectoryWhereEverybodyWritesIsAsGoodAsTheFile() throws Exception {
    Path hook = file("rwxr-xr-x");
    Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertThat(ProgramFile.objection(hook.toString()).orElseThrow()).contains("replaced");
  }

  /** Whoever can move the directory away can put another one there. */
  @Test
  void aDirectoryFurtherUpWhereEverybodyWritesIsToo() throws Exception {
    Path folder = Files.createDirectories(dir.resolve("a/b"));
    Path program = Files.move(file("rwxr-xr-x"), folder.resolve("program"));
    assertThat(ProgramFile.objection(program)).isEmpty();
    Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertThat(ProgramFile.objection(program).orElseThrow()).endsWith("chmod o-w " + dir);
  }

  /** The program behind it is fine, until somebody makes it another link. */
  @Test
  void aLinkWhereEverybodyWritesIsToo() throws Exception {
    Path open = Files.createDirectory(dir.resolve("open"));
    Path link = Files.createSymbolicLink(open.resolve("link"), file("rwxr-xr-x"));
    assertThat(ProgramFile.objection(link)).isEmpty();
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertThat(ProgramFile.objection(link).orElseThrow()).contains("replaced");
  }
}
