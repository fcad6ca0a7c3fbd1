package io.ssyncd.source.pair;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.ssyncd.session.HttpKey;
import io.ssyncd.testkit.OldMaster;
import io.ssyncd.testkit.Vectors;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever an old master, or somebody in its place, sends: frames and at most one fault, and the
 * same however it is cut. Longer than every day: {@code mvn test -Dssyncd.groups=jazzer
 * -Djazzer.max_duration=1h}.
 */
class PairDecoderFuzz {
  static Stream<byte[]> captures() {
    return Stream.of(
        Vectors.bytes("50"),
        Vectors.bytes("51"),
        OldMaster.recent(1, "T1", "10.0.0.1", 64, 2, 5, 6, 4),
        OldMaster.recent(2, "T1", "10.0.0.1", 0, 0));
  }

  @MethodSource("captures")
  @FuzzTest(maxDuration = "5s")
  void anyStream(byte[] stream) {
    PairFrames.Decoded whole = PairFrames.decode(stream);
    Random random = new Random(Arrays.hashCode(stream));
    int[] cuts = random.ints(random.nextInt(8), 0, stream.length + 1).sorted().toArray();
    check(
        PairFrames.decode(stream, cuts).equals(whole),
        "differs when cut at " + Arrays.toString(cuts));
    check(PairFrames.singly(stream).equals(whole), "differs byte by byte");
    if (whole.fault().isEmpty()) {
      check(whole.offset() + whole.incomplete() == stream.length, "bytes are lost");
    }
    whole.frames().forEach(PairDecoderFuzz::whatWasReadCanBeSent);
  }

  private static void whatWasReadCanBeSent(PairFrame frame) {
    ByteBuffer to = ByteBuffer.allocate(PairEncoder.MAX_FRAME);
    if (frame instanceof PairFrame.Session session
        && PairEncoder.refusal(session.session()).isEmpty()) {
      PairEncoder.session(session.session(), to);
      again(to, new PairFrame.Session(session.session(), true));
    } else if (frame instanceof PairFrame.SessionGone gone
        && PairEncoder.refusal(gone.key()).isEmpty()) {
      HttpKey key = gone.key();
      PairEncoder.sessionGone(key, to);
      again(to, gone);
    } else if (frame instanceof PairFrame.Entry entry) {
      PairEncoder.entry(entry.key(), entry.ttl(), entry.jiffies(), to);
      long[] jiffies = entry.jiffies();
      again(to, new PairFrame.Entry(entry.key(), entry.ttl(), jiffies.length, jiffies));
    }
  }

  private static void again(ByteBuffer sent, PairFrame expected) {
    byte[] bytes = Arrays.copyOf(sent.array(), sent.position());
    check(PairFrames.decode(bytes).frames().equals(List.of(expected)), "is not read back");
  }

  private static void check(boolean good, String what) {
    if (!good) {
      throw new AssertionError(what);
    }
  }
}
