package io.ssyncd.daemon.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.ssyncd.session.Bytes;
import io.ssyncd.session.HttpKey;
import io.ssyncd.session.KeyName;
import io.ssyncd.session.RecentKey;
import io.ssyncd.session.SessionKey;
import org.junit.jupiter.api.Test;

class NeedleTest {
  @Test
  void aKeyIsFoundAsShowPrintsIt() {
    assertThat(Needle.of("client").matches(http(text("client")))).isTrue();
    assertThat(Needle.of("Client").matches(http(text("client")))).isFalse();
    assertThat(Needle.of("zoë").matches(http(text("zoë")))).isTrue();
    assertThat(Needle.of("zoë").matches(http(new byte[] {'z', 'o', (byte) 0xeb}))).isTrue();
    assertThat(Needle.of("\\x01a\\xff").matches(http(new byte[] {1, 'a', (byte) 0xff}))).isTrue();
    assertThat(Needle.of("a\\\\x").matches(http(text("a\\x")))).isTrue();
    assertThat(Needle.of("C:\\new").matches(http(text("C:\\new")))).isTrue();
  }

  @Test
  void aSessionIsFoundByTheNameThatReportsCallItBy() {
    Bytes key = Bytes.utf8("user:password");

    assertThat(Needle.of(KeyName.of(key)).matches(http(key.toArray()))).isTrue();
    assertThat(Needle.of("hidden-" + KeyName.of(key)).matches(http(key.toArray())))
        .as("as show prints it")
        .isTrue();
    assertThat(Needle.of("hidden-00000000").matches(http(key.toArray()))).isFalse();
  }

  @Test
  void anAddressIsFoundInATable() {
    RecentKey key = new RecentKey("T", Bytes.of((byte) 10, (byte) 0, (byte) 0, (byte) 7));

    assertThat(Needle.of("10.0.0.7").matches(key)).isTrue();
    assertThat(Needle.of("10.0.0.70").matches(key)).isFalse();
    byte[] six = new byte[16];
    six[0] = 0x20;
    six[15] = 1;
    assertThat(Needle.of("2000::1").matches(new RecentKey("T", Bytes.of(six)))).isTrue();
    assertThat(Needle.of("999.0.0.1").matches(key)).isFalse();
  }

  @Test
  void nobodyIsNamedByNothing() {
    assertThatIllegalArgumentException().isThrownBy(() -> Needle.of(""));
    assertThatIllegalArgumentException().isThrownBy(() -> Needle.of("x".repeat(2000)));
  }

  private static byte[] text(String text) {
    return Bytes.utf8(text).toArray();
  }

  private static SessionKey http(byte[] key) {
    return new HttpKey("f1", 0, 0, Bytes.of(key));
  }
}
