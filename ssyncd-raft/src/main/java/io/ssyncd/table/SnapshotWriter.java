package io.ssyncd.table;

import io.ssyncd.log.RecordCodec;
import io.ssyncd.session.Feed;
import io.ssyncd.session.Kind;
import io.ssyncd.session.SessionRecord;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Map;
import java.util.UUID;
import java.util.zip.CRC32C;
import java.util.zip.CheckedOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Writes a state as {@link SnapshotFormat} says, a record at a time. Neither order of records nor
 * order of scopes is the same on every member, so nor are the bytes; the digest in them is.
 */
final class SnapshotWriter {
  private final CheckedOutputStream checked;
  private final DataOutputStream to;
  private final ByteBuffer record = ByteBuffer.allocate(RecordCodec.MAX_RECORD_BYTES);

  private SnapshotWriter(OutputStream target) {
    this.checked = new CheckedOutputStream(target, new CRC32C());
    this.to = new DataOutputStream(new BufferedOutputStream(checked, SnapshotFormat.BUFFER_BYTES));
  }

  /** Writes, and flushes; does not close. */
  static void write(TableState state, OutputStream target) throws IOException {
    new SnapshotWriter(target).write(state);
    target.flush();
  }

  private void write(TableState state) throws IOException {
    to.writeLong(SnapshotFormat.MAGIC);
    to.writeShort(SnapshotFormat.VERSION);
    to.writeLong(state.appliedIndex);
    to.writeLong(state.epoch);
    to.writeLong(state.sequence);
    String ingester = state.ingester;
    to.writeByte(ingester == null ? 0 : 1);
    if (ingester != null) {
      name(ingester);
    }
    feeds(state.started);
    feeds(state.stopped);
    requests(state.requests.all());
    marks(state.marks);
    restoring(state.restoring);
    scopes(state.scopes);
    to.writeLong(state.digest());
    to.flush();
    to.writeInt((int) checked.getChecksum().getValue());
    to.flush();
  }

  private void feeds(Collection<Feed> feeds) throws IOException {
    to.writeInt(feeds.size());
    for (Feed feed : feeds) {
      to.writeByte(feed.kind().code());
      name(feed.name());
    }
  }

  private void requests(Map<UUID, RequestMemory.Remembered> requests) throws IOException {
    to.writeInt(requests.size());
    for (Map.Entry<UUID, RequestMemory.Remembered> each : requests.entrySet()) {
      uuid(each.getKey());
      to.writeLong(each.getValue().index());
      to.writeByte(each.getValue().outcome().code());
    }
  }

  private void marks(Collection<TableMark> marks) throws IOException {
    to.writeInt(marks.size());
    for (TableMark mark : marks) {
      uuid(mark.request());
      to.writeLong(mark.index());
      to.writeLong(Long.parseUnsignedLong(mark.digest(), 16));
    }
  }

  private void restoring(@Nullable Restoring restoring) throws IOException {
    to.writeByte(restoring == null ? 0 : 1);
    if (restoring != null) {
      uuid(restoring.request());
      to.writeLong(restoring.savedAtMs());
      to.writeInt(restoring.parts);
      scopes(restoring.scopes);
    }
  }

  private void scopes(Scopes scopes) throws IOException {
    int count = 0;
    for (Kind kind : Kind.values()) {
      count += scopes.tables(kind).size();
    }
    to.writeInt(count);
    for (Kind kind : Kind.values()) {
      for (ScopeTable table : scopes.tables(kind)) {
        to.writeByte(kind.code());
        name(table.scope().name());
        to.writeInt(table.size());
        long sum = 0;
        for (SessionRecord each : table.records()) {
          record(each);
          sum += table.hash(record.array(), record.position());
        }
        check(table, sum);
      }
    }
  }

  private void record(SessionRecord each) throws IOException {
    record.clear();
    RecordCodec.write(each, record);
    to.writeShort(record.position());
    to.write(record.array(), 0, record.position());
  }

  /**
   * The digest is kept up entry by entry; a snapshot of records that no longer come to it could not
   * be read again, by anybody, when the log before it is gone.
   */
  private static void check(ScopeTable table, long sum) throws IOException {
    if (sum != table.sum()) {
      throw new IOException(
          "the records of "
              + table.scope()
              + " come to digest "
              + TableDigest.text(sum)
              + ", but "
              + TableDigest.text(table.sum())
              + " was kept up: this member's memory is damaged, or a bug");
    }
  }

  private void uuid(UUID uuid) throws IOException {
    to.writeLong(uuid.getMostSignificantBits());
    to.writeLong(uuid.getLeastSignificantBits());
  }

  private void name(String name) throws IOException {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    to.writeByte(bytes.length);
    to.write(bytes);
  }
}
