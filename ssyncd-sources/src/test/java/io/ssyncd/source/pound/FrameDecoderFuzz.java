package io.ssyncd.source.pound;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Whatever a socket sends: frames or one error, and the same however it is cut. */
class FrameDecoderFuzz {
  @FuzzTest(maxDuration = "15s")
  void anyStream(byte[] stream) {
    List<Frame> whole = new ArrayList<>();
    List<Frame> pieces = new ArrayList<>();
    String error = decode(stream, stream.length, whole);
    String again = decode(stream, 1 + stream.length % 7, pieces);
    if (!error.equals(again) || !whole.equals(pieces)) {
      throw new AssertionError("whole: " + error + whole + ", in pieces: " + again + pieces);
    }
  }

  private static String decode(byte[] stream, int piece, List<Frame> out) {
    FrameDecoder decoder = new FrameDecoder("f1");
    try {
      for (int from = 0; from < stream.length; from += piece) {
        int length = Math.min(piece, stream.length - from);
        decoder.feed(ByteBuffer.wrap(stream, from, length), out::add);
      }
      return "";
    } catch (MalformedFrameException e) {
      return String.valueOf(e.getMessage());
    }
  }
}
