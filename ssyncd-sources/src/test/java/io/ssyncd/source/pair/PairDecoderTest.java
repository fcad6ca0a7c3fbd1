package io.ssyncd.source.pair;

import static org.assertj.core.api.Assertions.assertThat;

import io.ssyncd.session.Bytes;
import io.ssyncd.session.HttpKey;
import io.ssyncd.session.HttpSession;
import io.ssyncd.session.RecentKey;
import io.ssyncd.testkit.OldMaster;
import io.ssyncd.testkit.Vectors;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class PairDecoderTest {
  private static final HttpSession ALPHA =
      new HttpSession(
          new HttpKey("f1", 0, 0, Bytes.utf8("alpha")),
          1,
          Bytes.utf8("10.0.0.1"),
          0x6b010930L * 1000);

  private static byte[] joined(byte[]... frames) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] frame : frames) {
      all.writeBytes(frame);
    }
    return all.toByteArray();
  }

  @Test
  void theCapturedMasterIsUnderstood() {
    long seconds = 0x6b010930L;
    HttpSession used = new HttpSession(ALPHA.key(), 1, ALPHA.address(), (seconds + 9) * 1000);
    List<PairFrame> expected =
        List.of(
            new PairFrame.FarmCleared("f1"),
            new PairFrame.Session(ALPHA, true),
            new PairFrame.Session(used, false),
            new PairFrame.SessionGone(ALPHA.key()));
    assertThat(PairFrames.decode(Vectors.bytes("51")).frames()).isEqualTo(expected);
    assertThat(PairFrames.singly(Vectors.bytes("51")).frames()).isEqualTo(expected);
  }

  @Test
  void ourHelloIsTheCapturedOne() {
    ByteBuffer hello = ByteBuffer.allocate(PairEncoder.MAX_FRAME);
    PairEncoder.syncRequest(hello);
    assertThat(Arrays.copyOf(hello.array(), hello.position())).isEqualTo(Vectors.bytes("50"));
    assertThat(PairFrames.decode(Vectors.bytes("50")).frames())
        .containsExactly(new PairFrame.SyncRequest());
  }

  @Test
  void theDoubleOfTheOldMasterAndOurEncoderSendTheCapturedBytes() {
    byte[] captured = Arrays.copyOfRange(Vectors.bytes("51"), 22, 66);
    assertThat(OldMaster.http(2, "f1", 0, 0, 1, "alpha", "10.0.0.1", 0x6b010930L))
        .isEqualTo(captured);
    ByteBuffer ours = ByteBuffer.allocate(PairEncoder.MAX_FRAME);
    PairEncoder.session(ALPHA, ours);
    PairEncoder.sessionGone(ALPHA.key(), ours);
    byte[] expected = joined(captured, OldMaster.http(3, "f1", 0, 0, 0, "alpha", null, 0));
    assertThat(Arrays.copyOf(ours.array(), ours.position())).isEqualTo(expected);
  }

  @Test
  void entriesComeWithTheirRingsAndNamesWithoutTheNulTheyCount() {
    RecentKey key =
        new RecentKey("_f_0x200_sessions", Bytes.of((byte) 10, (byte) 0, (byte) 0, (byte) 9));
    byte[] stream =
        joined(
            OldMaster.recent(1, key.table(), "10.0.0.9", 63, 1, 7, 5, 6),
            OldMaster.recent(2, key.table(), "10.0.0.9", 0, 0));
    assertThat(PairFrames.singly(stream).frames())
        .containsExactly(new PairFrame.Entry(key, 63, 1, 7, 5, 6), new PairFrame.EntryGone(key));
  }

  @Test
  void aFrameWhoseFieldsMakeNoSenseCostsThatFrameAlone() {
    byte[] good = OldMaster.http(2, "f1", 0, 0, 1, "k", "10.0.0.1", 1);
    byte[] cut = OldMaster.http(2, "f1", 0, 0, 1, "k", "10.0.0.1", 1);
    cut[21] = (byte) 200; // the key's length
    byte[] family = OldMaster.recent(1, "T", "1.2.3.4", 1, 1, 1);
    family[6] = 2;
    byte[] stream =
        joined(
            OldMaster.http(2, "f1", 0, 0, 1, "", "10.0.0.1", 1),
            OldMaster.http(2, "", 0, 0, 1, "k", "10.0.0.1", 1),
            OldMaster.http(2, "a/b", 0, 0, 1, "k", "10.0.0.1", 1),
            OldMaster.http(2, "f1", 0, 0, 1, "k", "", 1),
            OldMaster.http(2, "f1", 0, 0, 1, "k\0k", "10.0.0.1", 1),
            OldMaster.http(2, "f1", 0, 0, 1, "k", "10.0.0.1", 1L << 33),
            cut,
            OldMaster.recent(1, "T", "1.2.3.4", 1, 1),
            family,
            good);
    PairFrames.Decoded decoded = PairFrames.singly(stream);
    assertThat(decoded.fault()).isEmpty();
    assertThat(decoded.frames().subList(0, 9))
        .extracting(frame -> ((PairFrame.Refused) frame).reason())
        .containsExactly(
            "empty-key",
            "farm-name",
            "farm-name",
            "empty-address",
            "nul-in-key",
            "last-access",
            "cut-short",
            "no-stamps",
            "family");
    assertThat(decoded.frames().get(9)).isInstanceOf(PairFrame.Session.class);
    assertThat(decoded).isEqualTo(PairFrames.decode(stream));
  }

  @Test
  void aFrameThatIsTooLongIsPassedOverAsItComes() {
    byte[] huge = new byte[60_000];
    System.arraycopy(new byte[] {(byte) 0xef, (byte) 0xab, 6, 0x60, (byte) 0xea}, 0, huge, 0, 5);
    byte[] good = OldMaster.http(3, "f1", 0, 0, 0, "k", null, 0);
    PairFrames.Decoded decoded = PairFrames.singly(joined(huge, good));
    assertThat(decoded.frames()).hasSize(2);
    assertThat(decoded.frames().get(0)).isEqualTo(new PairFrame.Refused(6, "too-long", 0));
    assertThat(decoded.frames().get(1)).isInstanceOf(PairFrame.SessionGone.class);
  }

  @Test
  void aStreamOutOfStepIsNamedWithItsPlace() {
    byte[] good = OldMaster.http(3, "f1", 0, 0, 0, "k", null, 0);
    assertThat(PairFrames.decode(joined(good, Bytes.utf8("HTTP/1.1 400").toArray())).fault())
        .isEqualTo("frame at byte " + good.length + ": does not begin with ef ab");
    assertThat(PairFrames.decode(new byte[] {(byte) 0xef, (byte) 0xab, 99, 0, 0}).fault())
        .contains("is of type 99");
    assertThat(PairFrames.decode(new byte[] {(byte) 0xef, (byte) 0xab, 6, 0, 0}).fault())
        .contains("has the length 0");
  }
}
