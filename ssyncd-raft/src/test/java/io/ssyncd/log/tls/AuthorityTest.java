package io.ssyncd.log.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuthorityTest {
  @TempDir Path dir;

  @Test
  void itMakesCertificatesAtTwoTimesAndOverwritesNothing() throws Exception {
    Path home = dir.resolve("tls");
    Authority.create(home, "prod_x").issue("lb1", 30, home);
    Authority again = Authority.open(home);
    assertThat(again.cluster()).isEqualTo("prod_x");
    again.issue("lb-4.example", 30, dir.resolve("later"));

    for (Path key : new Path[] {home.resolve("ca.key"), home.resolve("lb1.key")}) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
          .isEqualTo("rw-------");
    }
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(home)))
        .isEqualTo("rwx------");
    TlsFiles later =
        new TlsFiles(
            dir.resolve("later/lb-4.example.crt"),
            dir.resolve("later/lb-4.example.key"),
            home.resolve("ca.crt"));
    assertThat(Credentials.load(later, new MemberName("prod_x", "lb-4.example")).chain())
        .hasSize(1);

    byte[] before = Files.readAllBytes(home.resolve("ca.key"));
    assertThatIOException()
        .isThrownBy(() -> Authority.create(home, "prod_x"))
        .withMessageContaining(home.resolve("ca.crt") + " exists already");
    assertThatIOException()
        .isThrownBy(() -> again.issue("lb1", 30, home))
        .withMessageContaining(home.resolve("lb1.crt") + " exists already");
    assertThat(home.resolve("ca.key")).hasBinaryContent(before);
    assertThatIOException()
        .isThrownBy(() -> again.issue("lb2", 4000, home))
        .withMessageContaining("a certificate of 4000 days; this CA can make them for 1 to 36");
    assertThat(home.resolve("lb2.key")).doesNotExist();
  }

  @Test
  void aDirectoryWithoutAnAuthorityIsNamed() {
    assertThatIOException()
        .isThrownBy(() -> Authority.open(dir))
        .withMessageContaining(dir.resolve("ca.crt") + " does not exist");
  }
}
