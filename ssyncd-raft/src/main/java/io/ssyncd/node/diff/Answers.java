package io.ssyncd.node.diff;

import io.ssyncd.log.RecordCodec;
import io.ssyncd.session.Scope;
import io.ssyncd.session.SessionRecord;
import io.ssyncd.table.ScopeBuckets;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Answers of a member whose table is frozen. As bytes: {@code status u8}, then for
 *
 * <pre>
 * Summary  index i64 | rest text | more u8 | n u16 | n times: scope | records u32 | digest i64
 * Buckets  n u32 | digest i64[n]
 * Records  more u8 | n u16 | n times: length u16, record as {@link RecordCodec} has it
 * </pre>
 */
final class Answers {
  /** The answer follows. */
  static final byte OK = 0;

  /** The mark was not applied yet. */
  static final byte WAIT = 1;

  /** Nothing is known of that request: its time is over. */
  static final byte GONE = 2;

  /** This member takes part in too many comparisons. */
  static final byte BUSY = 3;

  /** An answer ends before it is larger; below what the log carries. */
  private static final int MOST_BYTES = 192 * 1024;

  private final FrozenTables tables;

  Answers(FrozenTables tables) {
    this.tables = tables;
  }

  /**
   * Answers; takes up to a second for a million records.
   *
   * @throws IllegalArgumentException if the question makes no sense
   */
  byte[] answer(Question question) throws IOException {
    if (question instanceof Question.Prepare) {
      return status(tables.prepare(question.request()) ? OK : BUSY);
    }
    if (question instanceof Question.Done) {
      tables.drop(question.request());
      return status(OK);
    }
    FrozenTable table = tables.of(question.request());
    if (table == null) {
      return status(tables.isKnown(question.request()) ? WAIT : GONE);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream to = new DataOutputStream(bytes)) {
      to.writeByte(OK);
      if (question instanceof Question.Summary summary) {
        summary(table, summary.after(), to);
      } else if (question instanceof Question.Buckets buckets) {
        buckets(table.buckets(buckets.scope(), buckets.count()), to);
      } else if (question instanceof Question.Records records) {
        records(table, records, to);
      }
    }
    return bytes.toByteArray();
  }

  private static byte[] status(byte status) {
    return new byte[] {status};
  }

  private static void summary(FrozenTable table, int after, DataOutputStream to)
      throws IOException {
    List<Scope> scopes = table.scopes();
    to.writeLong(table.index());
    to.writeUTF(shortened(table.rest()));
    int end = Math.min(scopes.size(), Math.max(0, after) + 500);
    to.writeBoolean(end < scopes.size());
    to.writeShort(Math.max(0, end - after));
    for (int i = Math.max(0, after); i < end; i++) {
      Scope scope = scopes.get(i);
      Question.write(scope, to);
      to.writeInt(table.records(scope).size());
      to.writeLong(ScopeBuckets.of(scope, table.records(scope), 1).digest(0));
    }
  }

  /** Feeds may be many, and a text is bounded. */
  private static String shortened(String text) {
    return text.length() > 8000 ? text.substring(0, 8000) + "... " + text.hashCode() : text;
  }

  private static void buckets(ScopeBuckets buckets, DataOutputStream to) throws IOException {
    to.writeInt(buckets.count());
    for (int i = 0; i < buckets.count(); i++) {
      to.writeLong(buckets.digest(i));
    }
  }

  private static void records(FrozenTable table, Question.Records wanted, DataOutputStream to)
      throws IOException {
    ScopeBuckets buckets = table.buckets(wanted.scope(), wanted.count());
    if (wanted.bucket() < 0 || wanted.bucket() >= buckets.count() || wanted.after() < 0) {
      throw new IllegalArgumentException("there is no such bucket: " + wanted.bucket());
    }
    List<SessionRecord> records = buckets.records(wanted.bucket());
    int end = Math.min(wanted.after(), records.size());
    int bytes = 0;
    while (end < records.size() && bytes + 2 + RecordCodec.size(records.get(end)) <= MOST_BYTES) {
      bytes += 2 + RecordCodec.size(records.get(end++));
    }
    to.writeBoolean(end < records.size());
    to.writeShort(Math.max(0, end - wanted.after()));
    for (int i = wanted.after(); i < end; i++) {
      ByteBuffer buffer = ByteBuffer.allocate(RecordCodec.size(records.get(i)));
      RecordCodec.write(records.get(i), buffer);
      to.writeShort(buffer.position());
      to.write(buffer.array(), 0, buffer.position());
    }
  }
}
