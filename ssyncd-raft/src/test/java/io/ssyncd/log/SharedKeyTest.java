package io.ssyncd.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharedKeyTest {
  private static final String SECRET = "0123456789abcdef0123456789abcdef";

  @TempDir Path dir;

  private Path file(String content, String mode) throws IOException {
    Path file = Files.writeString(dir.resolve("key"), content);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
  }

  @Test
  void theSameSecretProvesTheSameWhateverEndsItsLine() throws IOException {
    byte[] bare = SharedKey.read(file(SECRET, "rw-------")).proof(SharedKey.part("x"));
    byte[] line = SharedKey.read(file(SECRET + "\r\n", "r--------")).proof(SharedKey.part("x"));
    byte[] other = SharedKey.read(file(SECRET + "!", "rw-------")).proof(SharedKey.part("x"));
    assertThat(bare).hasSize(SharedKey.PROOF_BYTES).isEqualTo(line).isNotEqualTo(other);
  }

  @Test
  void partsAreProvedOneByOne() throws IOException {
    SharedKey key = SharedKey.read(file(SECRET, "rw-------"));
    assertThat(key.proof(SharedKey.part("lb1"), SharedKey.part("2")))
        .isNotEqualTo(key.proof(SharedKey.part("lb"), SharedKey.part("12")));
  }

  @Test
  void whatIsNoSecretIsRefusedWithoutBeingShown() throws IOException {
    for (String mode : new String[] {"rw-r-----", "rw----r--", "rw-rw-rw-"}) {
      Path open = file(SECRET, mode);
      assertThatIOException()
          .isThrownBy(() -> SharedKey.read(open))
          .withMessageContaining(open.toString())
          .withMessageContaining("chmod 600");
    }
    Path weak = file("secret-but-short\n", "rw-------");
    assertThatIOException()
        .isThrownBy(() -> SharedKey.read(weak))
        .withMessageContaining(weak.toString())
        .withMessageContaining("16 bytes")
        .withMessageNotContaining("secret-but-short");
    Path vast = file("x".repeat(SharedKey.MAX_BYTES + 1), "rw-------");
    assertThatIOException()
        .isThrownBy(() -> SharedKey.read(vast))
        .withMessageContaining("too long");
    assertThatIOException()
        .isThrownBy(() -> SharedKey.read(dir.resolve("absent")))
        .withMessageContaining("openssl rand");
    assertThatIOException().isThrownBy(() -> SharedKey.read(dir)).withMessageContaining("regular");
  }

  @Test
  void itDoesNotShowItself() throws IOException {
    assertThat(SharedKey.read(file(SECRET, "rw-------")).toString()).doesNotContain(SECRET);
  }
}
