package io.ssyncd.source.pound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ssyncd.session.Bytes;
import io.ssyncd.session.HttpKey;
import io.ssyncd.session.HttpSession;
import io.ssyncd.testkit.Vectors;
import java.nio.ByteBuffer;
import java.util.Arrays;
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
    Bytes tooLong = Bytes.of(new byte[255]);
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
    long seed = Long.getLong("ssyncd.seed", System.nanoTime());
    System.out.println("-Dssyncd.seed=" + seed);
    Random random = new Random(seed);
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
              (random.nextLong() & 0xffff_ffffL) * 1000);
      ByteBuffer frame = ByteBuffer.allocateDirect(FrameEncoder.MAX_FRAME);
      int length = FrameEncoder.write(session, frame);
      assertThat(length).isEqualTo(frame.position());
      frame.flip();
      new FrameDecoder("f1")
          .feed(
              frame,
              read -> {
                HttpSession back = ((Frame.Write) read).session();
                assertThat(back.key().key()).isEqualTo(terminated(session.key().key()));
                assertThat(back.address()).isEqualTo(terminated(session.address()));
                assertThat(back.key().service()).isEqualTo(session.key().service());
                assertThat(back.backend()).isEqualTo(session.backend());
                assertThat(back.lastAccessMs()).isEqualTo(session.lastAccessMs());
              });
    }
  }

  private static long id(Random random) {
    return random.nextInt() & HttpKey.MAX_ID;
  }

  private static Bytes terminated(Bytes text) {
    byte[] bytes = Arrays.copyOf(text.toArray(), text.length() + 1);
    return Bytes.of(bytes);
  }

  private static HttpSession session(long service, Bytes key, String address, long seconds) {
    return new HttpSession(
        new HttpKey("f1", 0, service, key), 1, Bytes.utf8(address), seconds * 1000);
  }

  private static byte[] written(ByteBuffer frame) {
    return Arrays.copyOf(frame.array(), frame.position());
  }
}
