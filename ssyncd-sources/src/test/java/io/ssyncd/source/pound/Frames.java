package io.ssyncd.source.pound;

import io.ssyncd.session.Bytes;
import io.ssyncd.session.HttpKey;
import io.ssyncd.session.HttpSession;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** What the captures say, written out by hand, and ways to feed a decoder. */
final class Frames {
  static final String FARM = "f1";
  private static final Bytes LOOPBACK = Bytes.utf8("127.0.0.1");
  private static final Bytes HIGH_BYTES =
      Bytes.of(new byte[] {(byte) 0xc3, (byte) 0xa9, -1, -128, 'z'});

  /** Every capture that a decoder takes, by its number. */
  static final Map<String, List<Frame>> CAPTURED =
      Map.ofEntries(
          Map.entry("01", List.of(new Frame.SyncRequest(FARM))),
          Map.entry(
              "02",
              List.of(add(0, 0, 0, "127.0.0.1", 0x6b010c10L), add(0, 3, 1, "before", 0x6b010c5fL))),
          Map.entry("10", List.of(add(0, 3, 1, "abc", 0x6b010c60L))),
          Map.entry("11", List.of(update(0, 3, 1, "abc", 0x6b010c62L))),
          Map.entry(
              "12",
              List.of(
                  update(0, 0, 0, "127.0.0.1", 0x6b010c63L),
                  update(0, 0, 0, "127.0.0.1", 0x6b010c64L))),
          Map.entry("13", List.of(add(0, 1, 1, "deadbeef01", 0x6b010c65L))),
          Map.entry("14", List.of(add(0, 2, 1, "XYZ-42", 0x6b010c65L))),
          Map.entry("15", List.of(add(1, 0, 0, "YWxpY2U6c2VjcmV0", 0x6b010c66L))),
          Map.entry("16", List.of(add(1, 1, 0, "bob", 0x6b010c67L))),
          Map.entry(
              "17", List.of(new Frame.Add(session(1, 1, 1, HIGH_BYTES, LOOPBACK, 0x6b010c67L)))),
          Map.entry("18", List.of(add(1, 1, 2, "K".repeat(127), 0x6b010c68L))),
          Map.entry("20", List.of(delete(0, 3, Bytes.utf8("abc")))),
          Map.entry("22", List.of(add(0, 3, 1, "ctlkey", 0x6b010c6aL))),
          Map.entry("23", List.of(add(0, 3, 0, "ctlkey", 0x6b010c6bL))),
          Map.entry("25", List.of(add(0, 3, 0, "A".repeat(127), 0x6b010c6cL))),
          Map.entry(
              "26",
              List.of(
                  delete(0, 3, Bytes.utf8("A".repeat(127))), delete(0, 3, Bytes.utf8("ctlkey")))),
          Map.entry(
              "28",
              List.of(
                  delete(1, 1, Bytes.utf8("bob")),
                  delete(1, 1, HIGH_BYTES),
                  delete(1, 1, Bytes.utf8("K".repeat(127))))),
          Map.entry(
              "30",
              List.of(
                  write(0, 0, 0, "user-session-key-00000000", "10.0.0.0", 0x6b01101cL),
                  write(0, 0, 1, "user-session-key-00000001", "10.0.0.1", 0x6b01101cL),
                  write(0, 0, 2, "user-session-key-00000002", "10.0.0.2", 0x6b01101cL))),
          Map.entry("31", List.of(new Frame.SyncRequest(FARM))),
          Map.entry("32", List.of(write(0, 3, 1, "k1", "127.0.0.1:18001", 0x6b010930L))),
          Map.entry("33", List.of(write(0, 3, 1, "x".repeat(24), "127.0.0.1:18001", 0x6b010930L))),
          Map.entry("35", List.of(write(0, 9, 0, "kk", "127.0.0.1:18001", 0x6b010930L))),
          Map.entry("36", List.of(add(0, 3, 1, "Z".repeat(254), 0x6b010930L))),
          Map.entry(
              "51",
              List.of(
                  new Frame.Other(0),
                  new Frame.Add(
                      session(0, 0, 1, Bytes.utf8("alpha"), Bytes.utf8("10.0.0.1"), 0x6b010930L)),
                  new Frame.Update(
                      session(0, 0, 1, Bytes.utf8("alpha"), Bytes.utf8("10.0.0.1"), 0x6b010939L)),
                  delete(0, 0, Bytes.utf8("alpha")))));

  private Frames() {}

  /** What a decoder gave, and the fault it ended with, if any. */
  record Decoded(List<Frame> frames, String fault, long faultAt, long offset, int incomplete) {}

  /** Feeds the bytes, cut at those places. */
  static Decoded decode(byte[] bytes, int... cuts) {
    FrameDecoder decoder = new FrameDecoder(FARM);
    List<Frame> frames = new ArrayList<>();
    int from = 0;
    try {
      for (int cut : cuts) {
        feed(decoder, bytes, from, cut, frames);
        from = cut;
      }
      feed(decoder, bytes, from, bytes.length, frames);
      return new Decoded(frames, "", -1, decoder.offset(), decoder.incomplete());
    } catch (MalformedFrameException e) {
      return new Decoded(frames, e.getMessage(), e.offset(), -1, -1);
    }
  }

  private static void feed(FrameDecoder decoder, byte[] bytes, int from, int to, List<Frame> out)
      throws MalformedFrameException {
    // A buffer of its own: nothing may be read past the cut, or later.
    ByteBuffer piece = ByteBuffer.wrap(Arrays.copyOfRange(bytes, from, to));
    decoder.feed(piece, out::add);
    Arrays.fill(piece.array(), (byte) 0xEE);
  }

  /** Cuts after each byte. */
  static int[] everywhere(byte[] bytes) {
    int[] cuts = new int[Math.max(0, bytes.length - 1)];
    Arrays.setAll(cuts, i -> i + 1);
    return cuts;
  }

  static HttpSession session(
      long listener, long service, long backend, Bytes key, Bytes address, long seconds) {
    return new HttpSession(
        new HttpKey(FARM, listener, service, key), backend, address, seconds * 1000);
  }

  private static Frame add(long listener, long service, long backend, String key, long seconds) {
    return new Frame.Add(session(listener, service, backend, Bytes.utf8(key), LOOPBACK, seconds));
  }

  private static Frame update(long listener, long service, long backend, String key, long seconds) {
    return new Frame.Update(
        session(listener, service, backend, Bytes.utf8(key), LOOPBACK, seconds));
  }

  private static Frame write(
      long listener, long service, long backend, String key, String address, long seconds) {
    return new Frame.Write(
        session(listener, service, backend, Bytes.utf8(key), Bytes.utf8(address), seconds));
  }

  private static Frame delete(long listener, long service, Bytes key) {
    return new Frame.Delete(new HttpKey(FARM, listener, service, key));
  }
}
