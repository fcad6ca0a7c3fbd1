package io.ssyncd.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressRangeTest {
  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/24, 10.0.0.255, true",
    "10.0.0.0/24, 10.0.1.0, false",
    "10.0.0.4/30, 10.0.0.7, true",
    "10.0.0.4/30, 10.0.0.8, false",
    "10.0.0.4, 10.0.0.4, true",
    "10.0.0.4, 10.0.0.5, false",
    "0.0.0.0/0, 192.0.2.1, true",
    "0.0.0.0/0, ::1, false",
    "fd00::/8, fdff::1, true",
    "fd00::/8, fe80::1, false",
    "2001:db8::1/128, 2001:db8::1, true"
  })
  void contains(String range, String address, boolean inside) throws Exception {
    assertThat(AddressRange.parse(range).contains(InetAddress.getByName(address)))
        .isEqualTo(inside);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "lb1", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0/a", "/8", "::/129"})
  void whatIsNoneIsRefusedByName(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> AddressRange.parse(text));
  }

  @Test
  void isWrittenAsCidr() {
    assertThat(AddressRange.parse("10.0.0.0/24")).hasToString("10.0.0.0/24");
  }
}
