package io.ssyncd.table;

import io.ssyncd.log.RecordCodec;
import io.ssyncd.session.Kind;
import io.ssyncd.session.Scope;
import io.ssyncd.session.SessionRecord;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import java.util.zip.CheckedOutputStream;

/** Writes a {@link SavedTable} and its records, a block at a time. */
public final class SavedTableWriter {
  private final CheckedOutputStream checked;
  private final DataOutputStream to;
  private final ByteBuffer block =
      ByteBuffer.allocate(SavedTable.BLOCK_BYTES + 2 + RecordCodec.MAX_RECORD_BYTES);

  private SavedTableWriter(OutputStream target) {
    this.checked = new CheckedOutputStream(target, new CRC32C());
    this.to = new DataOutputStream(new BufferedOutputStream(checked, SavedTable.BLOCK_BYTES));
  }

  /**
   * Writes all, and flushes; does not close.
   *
   * @param cluster the cluster's name
   * @param member this member's
   * @param savedAtMs now
   * @return what the file begins with
   */
  public static SavedTable write(
      String cluster, String member, long savedAtMs, TableCopy table, OutputStream target)
      throws IOException {
    SavedTable saved =
        new SavedTable(
            cluster,
            member,
            table.index(),
            table.epoch(),
            savedAtMs,
            table.count(Kind.HTTP),
            table.count(Kind.RECENT),
            table.digest());
    SavedTableWriter writer = new SavedTableWriter(target);
    writer.header(saved);
    for (Map.Entry<Scope, List<SessionRecord>> each : table.records().entrySet()) {
      writer.records(each.getKey(), each.getValue());
    }
    writer.to.writeByte(0);
    writer.checksum();
    target.flush();
    return saved;
  }

  private void header(SavedTable saved) throws IOException {
    to.writeLong(SavedTable.MAGIC);
    to.writeShort(SavedTable.VERSION);
    name(saved.cluster());
    name(saved.member());
    to.writeLong(saved.index());
    to.writeLong(saved.epoch());
    to.writeLong(saved.savedAtMs());
    to.writeLong(saved.httpSessions());
    to.writeLong(saved.recentEntries());
    to.writeLong(Long.parseUnsignedLong(saved.digest(), 16));
    checksum();
  }

  private void records(Scope scope, List<SessionRecord> records) throws IOException {
    int count = 0;
    for (SessionRecord record : records) {
      int length = RecordCodec.size(record);
      block.putShort((short) length);
      RecordCodec.write(record, block);
      count++;
      if (block.position() >= SavedTable.BLOCK_BYTES || count == SavedTable.MAX_BLOCK_RECORDS) {
        block(scope, count);
        count = 0;
      }
    }
    if (count > 0) {
      block(scope, count);
    }
  }

  private void block(Scope scope, int count) throws IOException {
    to.writeByte(1);
    to.writeByte(scope.kind().code());
    name(scope.name());
    to.writeShort(count);
    to.write(block.array(), 0, block.position());
    block.clear();
    checksum();
  }

  private void checksum() throws IOException {
    to.flush();
    to.writeInt((int) checked.getChecksum().getValue());
    to.flush();
  }

  private void name(String name) throws IOException {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > SavedTable.MAX_NAME_BYTES) {
      throw new IllegalArgumentException("a name of " + bytes.length + " bytes");
    }
    to.writeByte(bytes.length);
    to.write(bytes);
  }
}
