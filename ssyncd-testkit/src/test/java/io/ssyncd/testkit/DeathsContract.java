package io.ssyncd.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What kills every Pound. */
abstract class DeathsContract extends PoundConformance {
  static Stream<Arguments> deadly() {
    SyncFrame good = write(0, 3, 1, "key");
    return Stream.of(
        Arguments.of("capture 34: empty key", Vectors.bytes("34")),
        Arguments.of("capture 35: service 9 of 4", Vectors.bytes("35")),
        Arguments.of("empty key", good.withKey(new byte[0]).bytes()),
        Arguments.of("empty content", good.withContent(new byte[0]).bytes()),
        Arguments.of("service 4 of 4", good.withIds(0, 4, 0).bytes()),
        Arguments.of("service 4 of 4, listener 1", good.withIds(1, 4, 0).bytes()),
        Arguments.of("ff", "\u00ff".repeat(64).getBytes(StandardCharsets.ISO_8859_1)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("deadly")
  void dies(String what, byte[] bytes) throws IOException {
    assertKills(bytes);
  }

  @ParameterizedTest
  @ValueSource(ints = {6, 9, 20, 23})
  void diesOfASplitFrameWhoseLengthSaysFive(int at) throws IOException {
    byte[] frame = write(0, 3, 1, "key").bytes(5);
    assertKills(Arrays.copyOf(frame, at), Arrays.copyOfRange(frame, at, frame.length));
  }

  @ParameterizedTest
  @ValueSource(ints = {6, 20, 60})
  void diesOfASplitFrameWhoseLengthHasTheHighBit(int at) throws IOException {
    byte[] frame = write(0, 3, 1, "k".repeat(110)).bytes();
    assertThat(frame[3]).isNegative();
    assertKills(Arrays.copyOf(frame, at), Arrays.copyOfRange(frame, at, frame.length));
  }
}
