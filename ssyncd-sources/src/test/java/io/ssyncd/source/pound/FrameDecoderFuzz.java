package io.ssyncd.source.pound;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.ssyncd.session.HttpSession;
import io.ssyncd.testkit.Vectors;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever a socket sends: frames and at most one fault, and the same however it is cut. Longer
 * than every day: {@code mvn test -Dssyncd.groups=jazzer -Djazzer.max_duration=1h}.
 */
class FrameDecoderFuzz {
  static Stream<byte[]> captures() {
    return Vectors.NAMES.stream().map(Vectors::bytes);
  }

  @MethodSource("captures")
  @FuzzTest(maxDuration = "5s")
  void anyStream(byte[] stream) {
    Frames.Decoded whole = Frames.decode(stream);
    Random random = new Random(Arrays.hashCode(stream));
    int[] cuts = random.ints(random.nextInt(8), 0, stream.length + 1).sorted().toArray();

    check(
        Frames.decode(stream, cuts).equals(whole), "differs when cut at " + Arrays.toString(cuts));
    check(Frames.decode(stream, Frames.everywhere(stream)).equals(whole), "differs byte by byte");
    if (whole.fault().isEmpty()) {
      check(whole.offset() + whole.incomplete() == stream.length, "bytes are lost");
      check(whole.incomplete() < FrameEncoder.MAX_FRAME, "more than a frame is held");
    }
    for (Frame frame : whole.frames()) {
      if (frame instanceof Frame.Add add) {
        whatWasReadCanBeWritten(add.session());
      }
    }
  }

  private static void whatWasReadCanBeWritten(HttpSession session) {
    ByteBuffer written = ByteBuffer.allocate(FrameEncoder.MAX_FRAME);
    try {
      FrameEncoder.write(session, written);
    } catch (IllegalArgumentException e) {
      check(written.position() == 0, "half a frame was written");
      return;
    }
    byte[] bytes = Arrays.copyOf(written.array(), written.position());
    HttpSession expected =
        session.lastAccessMs() > 0
            ? session
            : new HttpSession(session.key(), session.backend(), session.address(), 1000);
    check(Frames.decode(bytes).frames().equals(List.of(new Frame.Write(expected))), "is not read");
  }

  private static void check(boolean good, String what) {
    if (!good) {
      throw new AssertionError(what);
    }
  }
}
