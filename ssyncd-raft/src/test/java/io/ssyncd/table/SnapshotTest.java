package io.ssyncd.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.ssyncd.log.Entry;
import io.ssyncd.log.Outcome;
import io.ssyncd.log.RecordCodec;
import io.ssyncd.session.Allocated;
import io.ssyncd.session.Drawn;
import io.ssyncd.session.Feed;
import io.ssyncd.session.Kind;
import io.ssyncd.session.Mutation;
import io.ssyncd.session.Scope;
import io.ssyncd.session.SessionRecord;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class SnapshotTest {
  private static final int CRC_BYTES = 4;

  private final Drawn drawn = Drawn.spread();
  private final Rig rig = sample(drawn, 30);

  private static Rig sample(Drawn drawn, int records) {
    Rig rig = Rig.opened();
    rig.apply(new Entry.Command(drawn.uuid(), new Entry.Operation.StartFeed(Feed.farm("f1"))));
    rig.apply(new Entry.Command(drawn.uuid(), new Entry.Operation.StopFeed(Feed.RECENT)));
    for (int i = 0; i < records; i++) {
      // The longest records are left out: each byte of the snapshot is damaged below.
      Scope scope = i % 3 == 0 ? Scope.table("T" + i % 2) : Scope.farm("f" + i % 2);
      SessionRecord record = drawn.record(scope);
      while (RecordCodec.size(record) > 1000) {
        record = drawn.record(scope);
      }
      rig.apply(new Mutation.Put(record));
    }
    rig.apply(new Entry.Mark(drawn.uuid()));
    return rig;
  }

  @Test
  void whatIsWrittenComesBack() throws Exception {
    SessionTable read = Rig.restored(rig.snapshot());
    assertThat(read.digest()).as("%s", drawn).isEqualTo(rig.table.digest());
    assertThat(read.counts()).isEqualTo(rig.table.counts());
    assertThat(read.startedFeeds()).containsExactly(Feed.farm("f1"));
    assertThat(read.stoppedFeeds()).containsExactly(Feed.RECENT);
    assertThat(read.appliedIndex()).isEqualTo(rig.table.appliedIndex());
    assertThat(read.epoch()).isEqualTo(1);
    assertThat(read.ingester()).isEqualTo("lb1");
    assertThat(read.sequence()).isEqualTo(30);
    assertThat(read.marks()).hasSize(1).isEqualTo(rig.table.marks());
    assertThat(read.appliedAt(new UUID(0, 1))).hasValue(1);
    rig.table = read;
    assertThat(rig.apply(new Mutation.ClearScope(Scope.farm("f1")))).isEqualTo(Outcome.APPLIED);
  }

  @Test
  void anEmptyTableComesBackEmpty() throws Exception {
    SessionTable read = Rig.restored(new Rig().snapshot());
    assertThat(read.counts()).isEmpty();
    assertThat(read.ingester()).isNull();
    assertThat(read.digest()).isEqualTo(new SessionTable().digest());
  }

  @Test
  void requestsAreForgottenInTheSameOrderAfterASnapshot() throws Exception {
    for (int i = 0; i < RequestMemory.MAX_REQUESTS; i++) {
      rig.apply(new Entry.Command(drawn.uuid(), new Entry.Operation.StartFeed(Feed.RECENT)));
    }
    SessionTable read = Rig.restored(rig.snapshot());
    Rig other = new Rig();
    other.table = read;
    for (int i = 0; i < 10; i++) {
      Entry next = new Entry.Command(drawn.uuid(), new Entry.Operation.StartFeed(Feed.RECENT));
      rig.apply(next);
      other.apply(next);
      assertThat(read.digest()).as("%s", drawn).isEqualTo(rig.table.digest());
    }
  }

  @Test
  void aSlowStreamIsReadToItsEnd() throws Exception {
    InputStream slow =
        new FilterInputStream(new ByteArrayInputStream(rig.snapshot())) {
          @Override
          public int read(byte[] to, int offset, int length) throws IOException {
            return super.read(to, offset, Math.min(length, 7));
          }
        };
    SessionTable read = new SessionTable();
    read.readSnapshot(slow);
    assertThat(read.digest()).isEqualTo(rig.table.digest());
  }

  @Test
  void listenersAndThoseWhoWaitHearOfTheSnapshot() throws Exception {
    SessionTable read = new SessionTable();
    List<Long> restored = new ArrayList<>();
    read.onApplied(
        new TableListener() {
          @Override
          public void applied(long index, Entry entry, Outcome outcome) {}

          @Override
          public void restored(long index) {
            restored.add(index);
          }
        });
    var waiting = read.awaitApplied(2);
    read.readSnapshot(new ByteArrayInputStream(rig.snapshot()));
    assertThat(restored).containsExactly(rig.table.appliedIndex());
    assertThat(waiting).isCompletedWithValue(rig.table.appliedIndex());
  }

  @Test
  void everyFlippedByteIsFoundAndTheOldStateStays() {
    byte[] snapshot = rig.snapshot();
    for (int at = 0; at < snapshot.length; at++) {
      for (int flip : new int[] {1, 0x80, 0xFF}) {
        byte[] damaged = snapshot.clone();
        damaged[at] ^= (byte) flip;
        refused(damaged);
      }
    }
  }

  @Test
  void everyTruncationIsFound() {
    byte[] snapshot = rig.snapshot();
    for (int length = 0; length < snapshot.length; length++) {
      refused(Arrays.copyOf(snapshot, length));
    }
  }

  @Test
  void bytesAfterTheEndAreFound() {
    byte[] snapshot = rig.snapshot();
    assertThat(refused(Arrays.copyOf(snapshot, snapshot.length + 1)))
        .hasMessageContaining("more bytes after the end")
        .hasMessageContaining("byte " + snapshot.length);
  }

  @Test
  void anotherVersionIsNamed() {
    byte[] snapshot = rig.snapshot();
    snapshot[9] = 3;
    assertThat(refused(snapshot)).hasMessageContaining("version 3, this release knows 2");
  }

  @Test
  void whenTheChecksumIsRightButTheRecordsAreNot_thenTheDigestTells() {
    byte[] snapshot = rig.snapshot();
    int lastByteOfARecord = snapshot.length - CRC_BYTES - 8 - 1;
    snapshot[lastByteOfARecord] ^= 1;
    assertThat(refused(sealed(snapshot))).hasMessageContaining("digest");
  }

  @Test
  void absurdCountsCostNothing() {
    byte[] snapshot = rig.snapshot();
    int counts = 8 + 2 + 3 * 8 + 1 + 4;
    for (int at = counts; at + 4 < snapshot.length; at++) {
      for (int count : new int[] {Integer.MAX_VALUE, -1, 1 << 24}) {
        byte[] damaged = snapshot.clone();
        ByteBuffer.wrap(damaged).putInt(at, count);
        if (Arrays.equals(damaged, snapshot)) {
          continue;
        }
        refused(damaged); // The first time pays for classes and messages.
        long before = Allocated.bytes();
        refused(damaged);
        assertThat(Allocated.bytes() - before).isLessThan(2 << 20);
      }
    }
  }

  @Test
  void aCountBeyondItsBoundIsNamed() {
    byte[] snapshot = new Rig().snapshot();
    int requests = 8 + 2 + 3 * 8 + 1 + 4 + 4;
    ByteBuffer.wrap(snapshot).putInt(requests, RequestMemory.MAX_REQUESTS + 1);
    assertThat(refused(snapshot)).hasMessageContaining("4097").hasMessageContaining("4096");
  }

  @Test
  void whenTheDiskIsFull_thenTheWriterSaysSo() {
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("No space left on device");
          }
        };
    assertThatThrownBy(() -> rig.table.writeSnapshot(full))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("No space");
  }

  /** Tries to restore into a table that holds something, which has to stay. */
  private Throwable refused(byte[] snapshot) {
    String before = held.table.digest();
    Throwable thrown =
        catchThrowable(() -> held.table.readSnapshot(new ByteArrayInputStream(snapshot)));
    assertThat(thrown)
        .as("%s", drawn)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("byte ");
    assertThat(held.table.digest()).isEqualTo(before);
    assertThat(held.table.count(Kind.HTTP)).isEqualTo(2);
    return thrown;
  }

  private final Rig held = held();

  private Rig held() {
    Rig some = Rig.opened();
    some.apply(new Mutation.Put(drawn.record(Scope.farm("old"))));
    some.apply(new Mutation.Put(drawn.record(Scope.farm("old"))));
    return some;
  }

  private static byte[] sealed(byte[] snapshot) {
    CRC32C crc = new CRC32C();
    crc.update(snapshot, 0, snapshot.length - CRC_BYTES);
    ByteBuffer.wrap(snapshot).putInt(snapshot.length - CRC_BYTES, (int) crc.getValue());
    return snapshot;
  }
}
