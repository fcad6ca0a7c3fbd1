package io.ssyncd.log.atomix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.atomix.storage.buffer.HeapBuffer;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SnapshotFrameTest {
  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  private static byte[] frame(byte[] content) {
    HeapBuffer buffer = HeapBuffer.allocate(64, Integer.MAX_VALUE);
    SnapshotFrame.writeHeader(buffer, 42);
    try (SnapshotFrame.Writer out = new SnapshotFrame.Writer(buffer)) {
      out.write(content, 0, content.length);
    }
    byte[] bytes = new byte[buffer.position()];
    buffer.flip().read(bytes);
    return bytes;
  }

  private static byte[] read(byte[] frame) throws IOException {
    HeapBuffer buffer = HeapBuffer.wrap(frame);
    buffer.limit(frame.length);
    assertThat(SnapshotFrame.readHeader(buffer)).isEqualTo(new SnapshotFrame.Header(true, 42));
    SnapshotFrame.Reader in = new SnapshotFrame.Reader(buffer);
    return in.readAllBytes();
  }

  @Test
  void whatIsWrittenIsRead() throws Exception {
    for (int length : new int[] {0, 1, 65_535, 65_536, 65_537, 300_000}) {
      assertThat(read(frame(random(length)))).isEqualTo(random(length));
    }
  }

  @Test
  void aCutIsFoundWhereverItIs() {
    byte[] whole = frame(random(150_000));
    for (int length = 0; length < whole.length; length += 997) {
      byte[] cut = java.util.Arrays.copyOf(whole, length);
      assertThatIOException().as("cut at %d", length).isThrownBy(() -> read(cut));
    }
  }

  @Test
  void aFlippedBitIsFoundWhereverItIs() {
    byte[] whole = frame(random(70_000));
    for (int at = 16; at < whole.length; at += 311) {
      byte[] flipped = whole.clone();
      flipped[at] ^= 0x10;
      assertThatIOException().as("flipped at %d", at).isThrownBy(() -> read(flipped));
    }
  }

  @Test
  void whatFollowsTheReadersOwnEndIsVerifiedToo() throws Exception {
    byte[] whole = frame(random(100_000));
    whole[whole.length - 20] ^= 1;
    HeapBuffer buffer = HeapBuffer.wrap(whole);
    buffer.limit(whole.length);
    var unused = SnapshotFrame.readHeader(buffer);
    SnapshotFrame.Reader in = new SnapshotFrame.Reader(buffer);
    assertThat(in.readNBytes(100)).hasSize(100);
    assertThatIOException().isThrownBy(in::drain);
  }
}
