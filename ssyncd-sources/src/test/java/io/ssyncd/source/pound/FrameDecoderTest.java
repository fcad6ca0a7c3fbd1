package io.ssyncd.source.pound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ssyncd.session.Bytes;
import io.ssyncd.session.HttpKey;
import io.ssyncd.session.HttpSession;
import io.ssyncd.testkit.Vectors;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class FrameDecoderTest {
  private static final long T = 0x6b010c00L;

  /** What each capture says, written down by hand. */
  static Map<String, List<Frame>> said() {
    return Map.ofEntries(
        Map.entry("01", List.of(new Frame.SyncRequest("f1"))),
        Map.entry(
            "02",
            List.of(
                new Frame.Add(session(0, 0, 0, "127.0.0.1", T + 0x10)),
                new Frame.Add(session(0, 3, 1, "before", T + 0x5f)))),
        Map.entry("10", List.of(new Frame.Add(session(0, 3, 1, "abc", T + 0x60)))),
        Map.entry("11", List.of(new Frame.Update(session(0, 3, 1, "abc", T + 0x62)))),
        Map.entry(
            "12",
            List.of(
                new Frame.Update(session(0, 0, 0, "127.0.0.1", T + 0x63)),
                new Frame.Update(session(0, 0, 0, "127.0.0.1", T + 0x64)))),
        Map.entry("13", List.of(new Frame.Add(session(0, 1, 1, "deadbeef01", T + 0x65)))),
        Map.entry("14", List.of(new Frame.Add(session(0, 2, 1, "XYZ-42", T + 0x65)))),
        Map.entry("15", List.of(new Frame.Add(session(1, 0, 0, "YWxpY2U6c2VjcmV0", T + 0x66)))),
        Map.entry("16", List.of(new Frame.Add(session(1, 1, 0, "bob", T + 0x67)))),
        Map.entry(
            "17",
            List.of(
                new Frame.Add(
                    session(
                        1,
                        1,
                        1,
                        Bytes.of((byte) 0xc3, (byte) 0xa9, (byte) 0xff, (byte) 0x80, (byte) 'z'),
                        "127.0.0.1",
                        T + 0x67)))),
        Map.entry("18", List.of(new Frame.Add(session(1, 1, 2, "K".repeat(127), T + 0x68)))),
        Map.entry("20", List.of(new Frame.Delete(key(0, 3, "abc")))),
        Map.entry("22", List.of(new Frame.Add(session(0, 3, 1, "ctlkey", T + 0x6a)))),
        Map.entry("23", List.of(new Frame.Add(session(0, 3, 0, "ctlkey", T + 0x6b)))),
        Map.entry("25", List.of(new Frame.Add(session(0, 3, 0, "A".repeat(127), T + 0x6c)))),
        Map.entry(
            "26",
            List.of(
                new Frame.Delete(key(0, 3, "A".repeat(127))),
                new Frame.Delete(key(0, 3, "ctlkey")))),
        Map.entry(
            "28",
            List.of(
                new Frame.Delete(key(1, 1, "bob")),
                new Frame.Delete(
                    new HttpKey(
                        "f1",
                        1,
                        1,
                        Bytes.of((byte) 0xc3, (byte) 0xa9, (byte) 0xff, (byte) 0x80, (byte) 'z'))),
                new Frame.Delete(key(1, 1, "K".repeat(127))))),
        Map.entry("31", List.of(new Frame.SyncRequest("f1"))),
        Map.entry(
            "32",
            List.of(
                new Frame.Write(
                    session(0, 3, 1, Bytes.utf8("k1\0"), "127.0.0.1:18001\0", 0x6b010930L)))),
        Map.entry("34", List.of(new Frame.Other(5))),
        Map.entry("36", List.of(new Frame.Add(session(0, 3, 1, "Z".repeat(254), T - 0x23f)))));
  }

  static Stream<String> captures() {
    return said().keySet().stream().sorted();
  }

  @ParameterizedTest
  @MethodSource("captures")
  void aCaptureIsReadInEveryFragmentation(String capture) throws Exception {
    byte[] bytes = Vectors.bytes(capture);
    List<Frame> expected = said().get(capture);
    if (capture.equals("36")) {
      // The only field of this capture that is taken from it: when it was made.
      expected = List.of(withTimeOf(expected.get(0), decode(bytes).get(0)));
    }

    assertThat(decode(bytes)).isEqualTo(expected);
    for (int first = 1; first < bytes.length; first++) {
      assertThat(decode(bytes, first)).as("split at %d", first).isEqualTo(expected);
      for (int second = first + 1; second < bytes.length; second++) {
        assertThat(decode(bytes, first, second)).isEqualTo(expected);
      }
    }
    int[] everywhere = new int[bytes.length - 1];
    Arrays.setAll(everywhere, i -> i + 1);
    assertThat(decode(bytes, everywhere)).isEqualTo(expected);
  }

  @Test
  void defect3IdsKeepTheir32Bits() throws Exception {
    HttpSession session =
        new HttpSession(
            new HttpKey("f1", HttpKey.MAX_ID, 300, Bytes.utf8("k")),
            0x80000000L,
            Bytes.utf8("10.0.0.1"),
            1_000);
    ByteBuffer frame = ByteBuffer.allocate(FrameEncoder.MAX_FRAME);
    FrameEncoder.write(session, frame);
    Frame.Write back = (Frame.Write) decode(bytesOf(frame)).get(0);
    assertThat(back.session().key().listener()).isEqualTo(HttpKey.MAX_ID);
    assertThat(back.session().key().service()).isEqualTo(300);
    assertThat(back.session().backend()).isEqualTo(0x80000000L);
  }

  @ParameterizedTest
  @CsvSource({
    "00, does not begin with ef ab",
    "ef00, does not begin with ef ab",
    "efab08, is of type 8",
    "efab06050009, has the action 9",
    "efab0605000202663200, is of another farm than f1",
    "efab0605000203663130, is of another farm than f1",
  })
  void whatIsNoFrameIsNamedWithItsOffset(String hex, String what) {
    byte[] good = Vectors.bytes("10");
    byte[] bad = java.util.HexFormat.of().parseHex(hex);
    byte[] both = Arrays.copyOf(good, good.length + bad.length);
    System.arraycopy(bad, 0, both, good.length, bad.length);
    for (int[] splits : new int[][] {{}, {20}, {good.length}}) {
      List<Frame> before = new ArrayList<>();
      assertThatThrownBy(() -> decodeInto(before, both, splits))
          .isInstanceOfSatisfying(
              MalformedFrameException.class, e -> assertThat(e.offset()).isEqualTo(good.length))
          .hasMessageContaining(what);
      assertThat(before).isEqualTo(said().get("10"));
    }
  }

  @Test
  void anAbsurdTimeIsAStreamOutOfStep() {
    byte[] bytes = Vectors.bytes("10");
    bytes[bytes.length - 1] = (byte) 0xff;
    assertThatThrownBy(() -> decode(bytes))
        .isInstanceOf(MalformedFrameException.class)
        .hasMessageContaining("last access");
  }

  @Test
  void anyBytesGiveFramesOrOneError() {
    long seed = Long.getLong("ssyncd.seed", System.nanoTime());
    System.out.println("-Dssyncd.seed=" + seed);
    Random random = new Random(seed);
    List<byte[]> captures = captures().map(Vectors::bytes).toList();
    for (int round = 0; round < 20_000; round++) {
      byte[] bytes = captures.get(random.nextInt(captures.size())).clone();
      for (int flips = random.nextInt(4); flips >= 0; flips--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      List<Frame> whole = new ArrayList<>();
      List<Frame> split = new ArrayList<>();
      String error = errorOf(whole, bytes);
      assertThat(errorOf(split, bytes, 1 + random.nextInt(bytes.length - 1))).isEqualTo(error);
      assertThat(split).isEqualTo(whole);
    }
  }

  private static String errorOf(List<Frame> out, byte[] bytes, int... splits) {
    try {
      decodeInto(out, bytes, splits);
      return "";
    } catch (MalformedFrameException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private static List<Frame> decode(byte[] bytes, int... splits) throws MalformedFrameException {
    List<Frame> frames = new ArrayList<>();
    decodeInto(frames, bytes, splits);
    return frames;
  }

  private static void decodeInto(List<Frame> out, byte[] bytes, int... splits)
      throws MalformedFrameException {
    FrameDecoder decoder = new FrameDecoder("f1");
    int from = 0;
    for (int split : splits) {
      decoder.feed(ByteBuffer.wrap(bytes, from, split - from), out::add);
      from = split;
    }
    decoder.feed(ByteBuffer.wrap(bytes, from, bytes.length - from), out::add);
  }

  private static byte[] bytesOf(ByteBuffer frame) {
    return Arrays.copyOf(frame.array(), frame.position());
  }

  private static Frame withTimeOf(Frame expected, Frame read) {
    HttpSession session = ((Frame.Add) expected).session();
    long time = ((Frame.Add) read).session().lastAccessMs();
    return new Frame.Add(
        new HttpSession(session.key(), session.backend(), session.address(), time));
  }

  private static HttpKey key(long listener, long service, String key) {
    return new HttpKey("f1", listener, service, Bytes.utf8(key));
  }

  private static HttpSession session(
      long listener, long service, long backend, String key, long seconds) {
    return session(listener, service, backend, Bytes.utf8(key), "127.0.0.1", seconds);
  }

  private static HttpSession session(
      long listener, long service, long backend, Bytes key, String address, long seconds) {
    return new HttpSession(
        new HttpKey("f1", listener, service, key), backend, Bytes.utf8(address), seconds * 1000);
  }
}
