package io.ssyncd.source.pound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ssyncd.session.Bytes;
import io.ssyncd.testkit.Vectors;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class FrameDecoderTest {
  static Stream<String> captures() {
    return Frames.CAPTURED.keySet().stream().sorted();
  }

  @Test
  void everyCaptureIsEitherDecodedOrRefusedHere() {
    List<String> numbers = Vectors.NAMES.stream().map(name -> name.substring(0, 2)).toList();
    List<String> known = new ArrayList<>(Frames.CAPTURED.keySet());
    known.add("34"); // kills Pound: an empty key
    known.add("50"); // no frame of this protocol: the hello of the original's pair

    assertThat(known).containsExactlyInAnyOrderElementsOf(numbers);
  }

  @ParameterizedTest
  @MethodSource("captures")
  void aCaptureIsDecodedWhole(String capture) {
    byte[] bytes = Vectors.bytes(capture);

    Frames.Decoded decoded = Frames.decode(bytes);

    assertThat(decoded)
        .isEqualTo(new Frames.Decoded(Frames.CAPTURED.get(capture), "", -1, bytes.length, 0));
  }

  @ParameterizedTest
  @MethodSource("captures")
  void defect8_aFragmentedFrameIsDecodedWhereverItIsCut(String capture) {
    byte[] bytes = Vectors.bytes(capture);
    Frames.Decoded whole = Frames.decode(bytes);

    for (int first = 0; first <= bytes.length; first++) {
      assertThat(Frames.decode(bytes, first)).as("cut at %s", first).isEqualTo(whole);
      for (int second = first; second <= bytes.length; second++) {
        if (!Frames.decode(bytes, first, second).equals(whole)) {
          assertThat(Frames.decode(bytes, first, second))
              .as("cut at %s and %s", first, second)
              .isEqualTo(whole);
        }
      }
    }
    assertThat(Frames.decode(bytes, Frames.everywhere(bytes))).isEqualTo(whole);
  }

  @Test
  void defect8_aLongStreamIsDecodedHoweverItIsCut() {
    Random random = Seed.random();
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    List<Frame> expected = new ArrayList<>();
    List<String> names = captures().toList();
    for (int i = 0; i < 500; i++) {
      String capture = names.get(random.nextInt(names.size()));
      stream.writeBytes(Vectors.bytes(capture));
      expected.addAll(Frames.CAPTURED.get(capture));
    }
    byte[] bytes = stream.toByteArray();

    for (int round = 0; round < 50; round++) {
      int pieces = 1 + random.nextInt(2000);
      int[] cuts = random.ints(pieces, 0, bytes.length + 1).sorted().toArray();

      Frames.Decoded decoded = Frames.decode(bytes, cuts);

      assertThat(decoded).isEqualTo(new Frames.Decoded(expected, "", -1, bytes.length, 0));
    }
  }

  @Test
  void defect3_idsKeepAll32Bits() {
    for (long id : new long[] {300, 0x1_0000, 0x7FFF_FFFFL, 0x8000_0000L, 0xFFFF_FFFFL}) {
      byte[] bytes = Vectors.bytes("10");
      for (int i = 0; i < 12; i++) {
        bytes[9 + i] = (byte) (id >> (8 * (i % 4)));
      }

      Frames.Decoded decoded = Frames.decode(bytes);

      assertThat(decoded.frames())
          .containsExactly(
              new Frame.Add(
                  Frames.session(
                      id, id, id, Bytes.utf8("abc"), Bytes.utf8("127.0.0.1"), 0x6b010c60L)));
    }
  }

  @Test
  void aFramesSizeMeansNothing() {
    for (int size : new int[] {0, 5, 0x7F, 0x80, 0xFFFF}) {
      byte[] bytes = Vectors.bytes("10");
      bytes[3] = (byte) size;
      bytes[4] = (byte) (size >> 8);

      assertThat(Frames.decode(bytes).frames()).isEqualTo(Frames.CAPTURED.get("10"));
    }
  }

  @Test
  void anUnfinishedFrameIsHeldAndCounted() {
    byte[] bytes = Vectors.bytes("02");
    byte[] cutOff = Arrays.copyOf(bytes, 60);

    Frames.Decoded decoded = Frames.decode(cutOff);

    assertThat(decoded.frames()).isEqualTo(Frames.CAPTURED.get("02").subList(0, 1));
    assertThat(decoded.offset()).isEqualTo(49);
    assertThat(decoded.incomplete()).isEqualTo(60 - 49);
  }

  /** Byte {@code index} of capture 10, replaced. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0  | 0xee | does not begin with ef ab",
        "1  | 0x00 | does not begin with ef ab",
        "2  | 4    | is of type 4",
        "5  | 6    | has the action 6",
        "5  | 20   | has the action 20",
        "5  | 0xff | has the action 255",
        "6  | 3    | is of another farm than f1",
        "6  | 0    | is of another farm than f1",
        "8  | 0x32 | is of another farm than f1",
        "21 | 0    | has an empty key",
        "23 | 0    | has a NUL in its key",
        "25 | 0    | has an empty address",
        "26 | 0    | has a NUL in its address",
        "39 | 1    | has the last access 6090198112",
        "42 | 0x80 | has the last access 9223372038650006624",
      })
  void whatPoundCannotHaveSentIsAFaultAtItsByte(int index, String value, String message) {
    byte[] good = Vectors.bytes("10");
    byte[] bad = good.clone();
    bad[index] = (byte) (int) Integer.decode(value);
    byte[] stream = Arrays.copyOf(good, 3 * good.length);
    System.arraycopy(bad, 0, stream, good.length, bad.length);
    System.arraycopy(good, 0, stream, 2 * good.length, good.length);

    Frames.Decoded decoded = Frames.decode(stream);

    assertThat(decoded.fault()).isEqualTo("frame at byte 43: " + message);
    assertThat(decoded.faultAt()).isEqualTo(43);
    assertThat(decoded.frames()).isEqualTo(Frames.CAPTURED.get("10"));
    assertThat(Frames.decode(stream, Frames.everywhere(stream))).isEqualTo(decoded);
    for (int cut = 0; cut <= stream.length; cut++) {
      assertThat(Frames.decode(stream, cut)).isEqualTo(decoded);
    }
  }

  @Test
  void damagedCapturesGiveTheSameHoweverTheyAreCut() {
    Random random = Seed.random();
    List<byte[]> captures = captures().map(Vectors::bytes).toList();
    for (int round = 0; round < 20_000; round++) {
      byte[] bytes = captures.get(random.nextInt(captures.size())).clone();
      for (int flips = random.nextInt(4); flips >= 0; flips--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }

      Frames.Decoded whole = Frames.decode(bytes);

      assertThat(Frames.decode(bytes, random.nextInt(bytes.length + 1))).isEqualTo(whole);
    }
  }

  @Test
  void aWriteOfAnEmptyKeyIsNoFrame() {
    assertThat(Frames.decode(Vectors.bytes("34")).fault())
        .isEqualTo("frame at byte 0: has an empty key");
  }

  @Test
  void theHelloOfTheOriginalsPairIsNoFrame() {
    assertThat(Frames.decode(Vectors.bytes("50")).fault())
        .isEqualTo("frame at byte 0: is of type 8");
  }

  @Test
  void aFaultEndsTheStreamForGood() {
    FrameDecoder decoder = new FrameDecoder(Frames.FARM);
    List<Frame> frames = new ArrayList<>();

    assertThatThrownBy(() -> decoder.feed(ByteBuffer.wrap(new byte[] {1}), frames::add))
        .isInstanceOf(MalformedFrameException.class);
    assertThatThrownBy(() -> decoder.feed(ByteBuffer.wrap(Vectors.bytes("10")), frames::add))
        .isInstanceOf(MalformedFrameException.class)
        .hasMessageStartingWith("frame at byte 0");
    assertThat(frames).isEmpty();
  }

  @Test
  void aConsumerThatThrowsLosesItsOwnFrameOnly() throws Exception {
    FrameDecoder decoder = new FrameDecoder(Frames.FARM);
    ByteBuffer in = ByteBuffer.wrap(Vectors.bytes("02"));
    List<Frame> frames = new ArrayList<>();

    assertThatThrownBy(
            () ->
                decoder.feed(
                    in,
                    frame -> {
                      throw new IllegalStateException("full");
                    }))
        .isInstanceOf(IllegalStateException.class);
    decoder.feed(in, frames::add);

    assertThat(frames).isEqualTo(Frames.CAPTURED.get("02").subList(1, 2));
  }

  @Test
  void aDirectBufferIsReadAsAnyOther() throws Exception {
    byte[] bytes = Vectors.bytes("28");
    ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    List<Frame> frames = new ArrayList<>();

    new FrameDecoder(Frames.FARM).feed(direct, frames::add);

    assertThat(frames).isEqualTo(Frames.CAPTURED.get("28"));
    assertThat(direct.hasRemaining()).isFalse();
  }

  @Test
  void aNameThatNoFarmHasIsRefused() {
    assertThatThrownBy(() -> new FrameDecoder("f".repeat(27)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
