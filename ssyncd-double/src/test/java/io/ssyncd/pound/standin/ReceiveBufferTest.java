package io.ssyncd.pound.standin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReceiveBufferTest {
  /** WRITE f1 0/3/1 "k1\0" "10.0.0.1\0" 1795230000, 43 bytes. */
  private static final byte[] WRITE =
      HexFormat.of()
          .parseHex(
              "efab062b000502663100000000030000000100000003"
                  + "6b3100"
                  + "09"
                  + "31302e302e302e3100"
                  + "3009016b00000000");

  private static final byte[] SYNC = HexFormat.of().parseHex("efab0609000102" + "6631");

  private final ReceiveBuffer buffer = new ReceiveBuffer();

  private List<Request> take(byte[] bytes) throws PoundDeath {
    buffer.append(ByteBuffer.wrap(bytes));
    List<Request> requests = new ArrayList<>();
    for (Request r = buffer.next(); r != null; r = buffer.next()) {
      requests.add(r);
    }
    return requests;
  }

  private static byte[] with(byte[] frame, int at, int value) {
    byte[] changed = frame.clone();
    changed[at] = (byte) value;
    return changed;
  }

  private static byte[] join(byte[]... parts) {
    int size = Arrays.stream(parts).mapToInt(p -> p.length).sum();
    ByteBuffer all = ByteBuffer.allocate(size);
    for (byte[] part : parts) {
      all.put(part);
    }
    return all.array();
  }

  @Test
  void wholeFramesOneAfterTheOther() throws PoundDeath {
    List<Request> requests = take(join(WRITE, SYNC, WRITE));

    assertThat(requests).extracting(Request::action).containsExactly(5, 1, 5);
    Request write = requests.get(0);
    assertThat(write.service()).isEqualTo(3);
    assertThat(write.backend()).isEqualTo(1);
    assertThat(write.key()).containsExactly('k', '1');
    assertThat(write.hasContent()).isTrue();
    assertThat(write.lastAccess()).isEqualTo(1795230000);
  }

  @Test
  void aTrueShortLengthLetsAFrameComeInPieces() throws PoundDeath {
    assertThat(take(Arrays.copyOf(WRITE, 30))).isEmpty();

    assertThat(take(Arrays.copyOfRange(WRITE, 30, WRITE.length))).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {5, 6, 20, 30, 42})
  void aLengthOfFiveLetsItReadWhatHasNotCome(int at) {
    byte[] frame = with(WRITE, 3, 5);

    assertThatThrownBy(() -> take(Arrays.copyOf(frame, at)))
        .isInstanceOf(PoundDeath.class)
        .hasMessageContaining("of which " + at);
  }

  @ParameterizedTest
  @ValueSource(ints = {0x80, 0xab, 0xff})
  void aLengthWithTheHighBitIsNegative(int low) {
    assertThatThrownBy(() -> take(Arrays.copyOf(with(WRITE, 3, low), 30)))
        .isInstanceOf(PoundDeath.class);
    assertThatThrownBy(() -> new ReceiveBufferTest().take(Arrays.copyOf(with(WRITE, 4, low), 30)))
        .isInstanceOf(PoundDeath.class);
  }

  @Test
  void aWholeFrameMayHaveAnyLengthThatIsNotTooLarge() throws PoundDeath {
    assertThat(take(with(WRITE, 3, 0))).hasSize(1);
    assertThat(take(with(WRITE, 3, 5))).hasSize(1);
    assertThat(take(with(WRITE, 3, 0xff))).hasSize(1);
  }

  @Test
  void aLengthThatIsTooLargeWaitsForWhatFollows() throws PoundDeath {
    assertThat(take(with(WRITE, 3, 50))).isEmpty();
    assertThat(take(SYNC)).extracting(Request::action).containsExactly(5, 1);
  }

  @Test
  void textIsNoMagicAndWaitsForItsLength() throws PoundDeath {
    assertThat(take("GET / HTTP/1.1\r\n\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII)))
        .isEmpty();
  }

  @Test
  void theStartOfAFrameIsNotEnoughToKnowItsLength() {
    assertThatThrownBy(() -> take(Arrays.copyOf(WRITE, 3))).isInstanceOf(PoundDeath.class);
  }

  @Test
  void sizesOfZeroAreNotStrings() throws PoundDeath {
    byte[] noKey = join(Arrays.copyOf(WRITE, 21), new byte[1], Arrays.copyOfRange(WRITE, 25, 43));
    byte[] noContent =
        join(Arrays.copyOf(WRITE, 25), new byte[1], Arrays.copyOfRange(WRITE, 35, 43));

    assertThat(take(with(noKey, 3, noKey.length)).get(0).key()).isNull();
    assertThat(take(with(noContent, 3, noContent.length)).get(0).hasContent()).isFalse();
  }

  @Test
  void clearForgetsAHalfFrame() throws PoundDeath {
    take(Arrays.copyOf(WRITE, 30));
    buffer.clear();

    assertThat(take(WRITE)).hasSize(1);
  }

  @Test
  void manyFramesInManyPiecesDoNotGrowTheBuffer() throws PoundDeath {
    byte[] many = new byte[WRITE.length * 5_000];
    for (int i = 0; i < 5_000; i++) {
      System.arraycopy(WRITE, 0, many, i * WRITE.length, WRITE.length);
    }
    int taken = 0;
    for (int at = 0; at < many.length; at += 32_000) {
      // A cut within the first four bytes of a frame would be death: 32,000 leaves 8 of 43.
      taken +=
          take(Arrays.copyOfRange(many, at, Math.min(many.length, at + 32_000 / 43 * 43))).size();
      at -= 32_000 % 43;
    }
    assertThat(taken).isEqualTo(5_000);
  }

  @Test
  void moreThanTheBufferHoldsIsDeath() {
    assertThatThrownBy(() -> buffer.append(ByteBuffer.allocate(ReceiveBuffer.CAPACITY + 1)))
        .isInstanceOf(PoundDeath.class);
  }
}
