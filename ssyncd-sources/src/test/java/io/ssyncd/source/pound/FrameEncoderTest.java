package io.ssyncd.source.pound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ssyncd.session.Bytes;
import io.ssyncd.session.HttpKey;
import io.ssyncd.session.HttpSession;
import io.ssyncd.testkit.Vectors;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FrameEncoderTest {
  @Test
  void aSyncRequestIsTheCapturedOne() {
    ByteBuffer frame = ByteBuffer.allocate(FrameEncoder.MAX_FRAME);
    assertThat(FrameEncoder.syncRequest("f1", frame)).isEqualTo(9);
    assertThat(written(frame)).isEqualTo(Vectors.bytes("01")).isEqualTo(Vectors.bytes("31"));
  }

  @Test
  void aWriteHasTheFormThatPoundTakes() {
    ByteBuffer frame = ByteBuffer.allocate(FrameEncoder.MAX_FRAME);
    int length =
        FrameEncoder.write(session(3, Bytes.utf8("k1"), "127.0.0.1:18001", 0x6b010930L), frame);
    assertThat(length).isEqualTo(50);
    assertThat(written(frame)).isEqualTo(Vectors.bytes("32"));
  }

  @Test
  void whatKillsPoundOrIsCutCannotBeBuilt() {
    ByteBuffer frame = ByteBuffer.allocate(FrameEncoder.MAX_FRAME);
    Bytes tooLong = Bytes.utf8("k".repeat(255));
    for (HttpSession bad :
        new HttpSession[] {
          session(0, tooLong, "10.0.0.1", 1),
          session(0, Bytes.of((byte) 'a', (byte) 0, (byte) 'b'), "10.0.0.1", 1),
          session(0, Bytes.utf8("k"), "", 1),
          session(0, Bytes.utf8("k"), "1".repeat(255), 1)
        }) {
      assertThatThrownBy(() -> FrameEncoder.write(bad, frame))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(frame.position()).isZero();
  }

  @Test
  void whatIsWrittenIsRead() throws Exception {
    Random random = Seed.random();
    for (int round = 0; round < 5_000; round++) {
      byte[] key = new byte[1 + random.nextInt(FrameEncoder.MAX_KEY_BYTES)];
      for (int i = 0; i < key.length; i++) {
        key[i] = (byte) (1 + random.nextInt(255));
      }
      HttpSession session =
          new HttpSession(
              new HttpKey("f1", id(random), id(random), Bytes.of(key)),
              id(random),
              Bytes.utf8("10.0.0." + random.nextInt(256)),
              Math.max(1, random.nextLong() & 0xffff_ffffL) * 1000);
      ByteBuffer frame = ByteBuffer.allocateDirect(FrameEncoder.MAX_FRAME);

      int length = FrameEncoder.write(session, frame);

      assertThat(length).isEqualTo(frame.position());
      assertThat(decoded(frame)).containsExactly(new Frame.Write(session));
    }
  }

  @Test
  void defect3_idsKeepAll32Bits() throws Exception {
    for (long id : new long[] {300, 0x1_0000, Integer.MAX_VALUE}) {
      HttpSession session =
          new HttpSession(
              new HttpKey("f1", id, id, Bytes.utf8("k")), id, Bytes.utf8("10.0.0.1"), 1000);
      ByteBuffer frame = ByteBuffer.allocate(FrameEncoder.MAX_FRAME);

      FrameEncoder.write(session, frame);

      assertThat(decoded(frame)).containsExactly(new Frame.Write(session));
    }
  }

  @Test
  void anIdThatPoundWouldTakeForZeroIsRefused() {
    long id = Integer.MAX_VALUE + 1L;
    Bytes key = Bytes.utf8("k");
    Bytes address = Bytes.utf8("10.0.0.1");
    ByteBuffer frame = ByteBuffer.allocate(FrameEncoder.MAX_FRAME);
    for (HttpSession bad :
        List.of(
            new HttpSession(new HttpKey("f1", id, 0, key), 0, address, 1000),
            new HttpSession(new HttpKey("f1", 0, id, key), 0, address, 1000),
            new HttpSession(new HttpKey("f1", 0, 0, key), id, address, 1000))) {
      assertThatThrownBy(() -> FrameEncoder.write(bad, frame))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(frame.position()).isZero();
  }

  @Test
  void aLastAccessThatPoundWouldTakeForNowIsOneSecond() throws Exception {
    for (long lastAccessMs : new long[] {Long.MIN_VALUE, -1, 0, 999, 1000, 1999}) {
      HttpSession session =
          new HttpSession(
              new HttpKey("f1", 0, 0, Bytes.utf8("k")), 0, Bytes.utf8("10.0.0.1"), lastAccessMs);
      ByteBuffer frame = ByteBuffer.allocate(FrameEncoder.MAX_FRAME);

      FrameEncoder.write(session, frame);

      assertThat(((Frame.Write) decoded(frame).get(0)).session().lastAccessMs()).isEqualTo(1000);
    }
  }

  @Test
  void theLongestFrameFitsAndItsSizeIsTrue() {
    HttpSession longest =
        new HttpSession(
            new HttpKey("f".repeat(26), 1, 2, Bytes.utf8("k".repeat(254))),
            3,
            Bytes.utf8("a".repeat(254)),
            1000);
    ByteBuffer frame = ByteBuffer.allocate(FrameEncoder.MAX_FRAME);

    int size = FrameEncoder.write(longest, frame);

    assertThat(size).isEqualTo(FrameEncoder.MAX_FRAME);
    assertThat((frame.get(3) & 0xFF) | (frame.get(4) & 0xFF) << 8).isEqualTo(size);
  }

  @Test
  void theMarkerIsAFrameThatPoundIgnores() throws Exception {
    ByteBuffer frame = ByteBuffer.allocate(FrameEncoder.MAX_FRAME);

    int size = FrameEncoder.marker("f1", frame);

    assertThat(frame.get(3)).isEqualTo((byte) size);
    assertThat(decoded(frame)).containsExactly(new Frame.Other(0));
  }

  @Test
  void theBuffersByteOrderDoesNotMatterAndStays() {
    for (ByteOrder order : List.of(ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN)) {
      ByteBuffer frame = ByteBuffer.allocate(FrameEncoder.MAX_FRAME).order(order);

      FrameEncoder.write(session(3, Bytes.utf8("k1"), "127.0.0.1:18001", 0x6b010930L), frame);

      assertThat(written(frame)).isEqualTo(Vectors.bytes("32"));
      assertThat(frame.order()).isEqualTo(order);
    }
  }

  @Test
  void aNameThatNoFarmHasIsRefused() {
    ByteBuffer frame = ByteBuffer.allocate(1000);
    for (String farm : List.of("", "f".repeat(27), "a/b", "a\0b")) {
      assertThatThrownBy(() -> FrameEncoder.syncRequest(farm, frame))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> FrameEncoder.marker(farm, frame))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(frame.position()).isZero();
  }

  private static List<Frame> decoded(ByteBuffer frame) throws MalformedFrameException {
    List<Frame> frames = new ArrayList<>();
    new FrameDecoder("f1").feed(frame.duplicate().flip(), frames::add);
    return frames;
  }

  private static long id(Random random) {
    return random.nextInt() & Integer.MAX_VALUE;
  }

  private static HttpSession session(long service, Bytes key, String address, long seconds) {
    return new HttpSession(
        new HttpKey("f1", 0, service, key), 1, Bytes.utf8(address), seconds * 1000);
  }

  private static byte[] written(ByteBuffer frame) {
    return Arrays.copyOf(frame.array(), frame.position());
  }
}
