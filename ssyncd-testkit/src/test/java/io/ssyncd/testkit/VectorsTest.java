package io.ssyncd.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class VectorsTest {
  @Test
  void everyNamedCaptureIsThereAndStartsWithTheMagic() {
    for (String name : Vectors.NAMES) {
      assertThat(Vectors.bytes(name)).as(name).startsWith(0xef, 0xab);
    }
  }

  @Test
  void aCaptureIsFoundByItsNumber() {
    assertThat(Vectors.bytes("10")).isEqualTo(Vectors.bytes("10_SESS_ADD_parm")).hasSize(43);
  }

  @Test
  void theTextCaptureIsThere() {
    assertThat(Vectors.resource(Vectors.CONTROL_PROTOCOL)).isNotEmpty();
  }
}
