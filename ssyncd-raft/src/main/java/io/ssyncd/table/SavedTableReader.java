package io.ssyncd.table;

import io.ssyncd.log.MalformedEntryException;
import io.ssyncd.log.RecordCodec;
import io.ssyncd.session.Interner;
import io.ssyncd.session.Kind;
import io.ssyncd.session.Scope;
import io.ssyncd.session.SessionRecord;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads a {@link SavedTable}, a block at a time; memory is taken only for records that have been
 * read. Records come out before the end of the file is seen: they count when {@link #next} has said
 * that there are no more. Not thread-safe.
 */
public final class SavedTableReader {
  private final SnapshotInput from;
  private final Interner interner = new Interner();
  private final SavedTable header;
  private long http;
  private long recent;
  private long sum;
  private boolean ended;

  /**
   * Reads the header.
   *
   * @throws UnusableSnapshotException if it is none, damaged, or of a newer release
   */
  public SavedTableReader(InputStream source) throws IOException {
    from = new SnapshotInput(source);
    if (from.i64("magic number") != SavedTable.MAGIC) {
      throw from.unusable("is no table that ssyncdctl saved");
    }
    int version = from.u16("version");
    if (version != SavedTable.VERSION) {
      throw from.unusable(
          "it has format " + version + ", this release reads " + SavedTable.VERSION);
    }
    header =
        new SavedTable(
            from.name("name of the cluster"),
            from.name("name of the member"),
            from.i64("index"),
            from.i64("epoch"),
            from.i64("time"),
            from.i64("number of HTTP sessions"),
            from.i64("number of recent entries"),
            TableDigest.text(from.i64("digest")));
    from.checksum();
  }

  /** What the file begins with. */
  public SavedTable header() {
    return header;
  }

  /**
   * The records of the next block; empty at the end, when all were as the header says.
   *
   * @throws UnusableSnapshotException if the file is damaged or cut
   */
  public List<SessionRecord> next() throws IOException {
    if (ended) {
      return List.of();
    }
    int more = from.u8("whether there is a block");
    if (more == 0) {
      end();
      return List.of();
    }
    if (more != 1) {
      throw from.unusable("0 or 1 says whether there is a block, not " + more);
    }
    long began = from.offset() - 1;
    try {
      List<SessionRecord> records = block();
      from.checksum();
      return records;
    } catch (IllegalArgumentException e) {
      // Names and kinds are checked by those who make them.
      throw from.unusable("in the block from byte " + began + ": " + e.getMessage(), e);
    }
  }

  private List<SessionRecord> block() throws IOException {
    Kind kind = Kind.ofCode(from.u8("kind of a block"));
    Scope scope = new Scope(kind, interner.name(from.name("name of a scope")));
    long seed = TableDigest.seed(scope);
    int count = from.u16("number of records");
    if (count == 0 || count > SavedTable.MAX_BLOCK_RECORDS) {
      throw from.unusable("a block of " + count + " records");
    }
    List<SessionRecord> records = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int length = from.u16("length of a record of " + scope);
      byte[] bytes = from.bytes(length, "record of " + scope);
      try {
        records.add(RecordCodec.read(scope, bytes, 0, length, interner));
      } catch (MalformedEntryException e) {
        throw from.unusable("record of " + scope + ": " + e.getMessage(), e);
      }
      sum += TableDigest.hash(seed, bytes, length);
    }
    if (kind == Kind.HTTP) {
      http += count;
    } else {
      recent += count;
    }
    return records;
  }

  private void end() throws IOException {
    from.end();
    if (http != header.httpSessions() || recent != header.recentEntries()) {
      throw from.unusable(
          "it holds " + (http + recent) + " records, its header says " + header.records());
    }
    if (!TableDigest.text(sum).equals(header.digest())) {
      throw from.unusable(
          "digest " + TableDigest.text(sum) + ", but " + header.digest() + " is written");
    }
    ended = true;
  }

  /** How many bytes have been read. */
  public long offset() {
    return from.offset();
  }
}
