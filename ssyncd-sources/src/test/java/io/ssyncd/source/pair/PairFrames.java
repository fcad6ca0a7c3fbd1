package io.ssyncd.source.pair;

import io.ssyncd.source.pound.MalformedFrameException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Decodes streams in pieces. */
final class PairFrames {
  private PairFrames() {}

  /** What came out of a stream: its frames, the fault or "", and how far it went. */
  record Decoded(List<PairFrame> frames, String fault, long offset, int incomplete) {}

  /** Cut at these places, in order. */
  static Decoded decode(byte[] stream, int... cuts) {
    PairDecoder decoder = new PairDecoder();
    List<PairFrame> frames = new ArrayList<>();
    String fault = "";
    int from = 0;
    try {
      for (int cut : cuts) {
        decoder.feed(ByteBuffer.wrap(stream, from, cut - from), frames::add);
        from = cut;
      }
      decoder.feed(ByteBuffer.wrap(stream, from, stream.length - from), frames::add);
    } catch (MalformedFrameException e) {
      fault = e.getMessage();
    }
    return new Decoded(frames, fault, decoder.offset(), fault.isEmpty() ? decoder.incomplete() : 0);
  }

  /** Byte by byte. */
  static Decoded singly(byte[] stream) {
    int[] cuts = new int[stream.length];
    for (int i = 0; i < cuts.length; i++) {
      cuts[i] = i;
    }
    return decode(stream, cuts);
  }
}
