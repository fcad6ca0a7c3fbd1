package io.ssyncd.log;

import io.ssyncd.session.Feed;
import io.ssyncd.session.Interner;
import io.ssyncd.session.Mutation;
import io.ssyncd.session.Scope;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * {@link Entry} as bytes. Big-endian; names are UTF-8 behind a byte that counts them:
 *
 * <pre>
 * entry:     version u8 = 1 | type u8 | by type:
 * OPEN 1     ingester name | request u64 u64
 * BATCH 2    ingester name | epoch i64 | sequence i64 | s u16 | m u16 | scope[s] | mutation[m]
 * COMMAND 3  request u64 u64 | operation
 * MARK 4     request u64 u64
 * RESTORE 5  request u64 u64 | step
 * PURGE 6    last u8 (0 or 1) | s u16 | m u16 | scope[s] | mutation[m], which are deletes
 *            | p u32 | zero[p]
 * scope:     kind u8 | name
 * mutation:  what u8 (1 put, 2 delete, 3 clear scope) | position of its scope u16
 *            | put: record | delete: key             (both as {@link RecordCodec} has them)
 * operation: 1 start, 2 stop: kind u8 | name of the feed
 *            3 clear: kind u8 | 0 u8, or 1 u8 and the scope's name
 * step:      1 begin: savedAtMs i64
 *            2 part: number u32 | s u16 | m u16 | scope[s] | mutation[m], which are puts
 *            3 end: parts u32 | records i64 | digest u64
 *            4 abandon
 * </pre>
 *
 * <p>Every length is checked against its bound and against the bytes that are there, before
 * anything is allocated for it; an entry ends where its last field does.
 *
 * <p>To a new release: whatever changes these bytes, be it a new kind, mutation or operation, gets
 * a new version or type. Older members then halt ({@link UnsupportedEntryException}) instead of
 * taking the entry for a malformed one, which they would skip while others apply it. So a new form
 * must not be proposed before all members can read it.
 */
public final class EntryCodec {
  /** What this release writes, and the newest that it reads. */
  public static final int VERSION = 1;

  /** The longest entry. The log takes 160 KB; its readers buffer twice that. */
  public static final int MAX_ENTRY_BYTES = 128 * 1024;

  /** The most mutations of a batch. */
  public static final int MAX_MUTATIONS = 4096;

  /** The most farms and tables of a batch. */
  public static final int MAX_SCOPES = 512;

  /** The longest name of a member. */
  public static final int MAX_MEMBER_BYTES = 255;

  static final int OPEN = 1;
  static final int BATCH = 2;
  static final int COMMAND = 3;
  static final int MARK = 4;
  static final int RESTORE = 5;
  static final int PURGE = 6;

  static final int RESTORE_BEGIN = 1;
  static final int RESTORE_PART = 2;
  static final int RESTORE_END = 3;
  static final int RESTORE_ABANDON = 4;

  static final int PUT = 1;
  static final int DELETE = 2;
  static final int CLEAR_SCOPE = 3;

  static final int START_FEED = 1;
  static final int STOP_FEED = 2;
  static final int CLEAR = 3;

  /** A batch before its scopes, with the longest name of an ingester. */
  static final int MAX_BATCH_HEADER = 2 + 1 + MAX_MEMBER_BYTES + 8 + 8 + 2 + 2;

  /** A part of a restore before its scopes. */
  static final int PART_HEADER = 2 + 16 + 1 + 4 + 2 + 2;

  /** A step of a purge without its scopes, mutations and padding. */
  static final int PURGE_HEADER = 2 + 1 + 2 + 2 + 4;

  /** What a batch needs to hold any one mutation. */
  public static final int MIN_BATCH_BYTES =
      MAX_BATCH_HEADER + 2 + Scope.MAX_TABLE_BYTES + 3 + RecordCodec.MAX_RECORD_BYTES;

  private EntryCodec() {}

  /**
   * An entry as bytes, at most {@link #MAX_ENTRY_BYTES}.
   *
   * @throws IllegalArgumentException if a bound is passed, or a name is none
   */
  public static byte[] encode(Entry entry) {
    if (entry instanceof Entry.Batch batch) {
      return encode(batch);
    } else if (entry instanceof Entry.Open open) {
      byte[] name = memberName(open.ingester());
      ByteBuffer to = begin(OPEN, 1 + name.length + 16);
      return putUuid(putName(to, name), open.request()).array();
    } else if (entry instanceof Entry.Mark mark) {
      return putUuid(begin(MARK, 16), mark.request()).array();
    } else if (entry instanceof Entry.Restore restore) {
      return encode(restore);
    } else if (entry instanceof Entry.Purge purge) {
      return encode(purge);
    }
    return encode((Entry.Command) entry);
  }

  /**
   * The entry that the bytes stand for.
   *
   * @throws MalformedEntryException if they stand for none
   * @throws UnsupportedEntryException if a newer release wrote them; must not be skipped
   */
  public static Entry decode(byte[] entry) throws MalformedEntryException {
    return decode(entry, new Interner());
  }

  /**
   * As {@link #decode(byte[])}.
   *
   * @param interner shares names and addresses among the records of many entries
   */
  public static Entry decode(byte[] entry, Interner interner) throws MalformedEntryException {
    if (entry.length > MAX_ENTRY_BYTES) {
      throw new MalformedEntryException(0, "an entry of " + entry.length + " bytes");
    }
    return new EntryDecoder(entry, interner).decode();
  }

  private static byte[] encode(Entry.Batch batch) {
    BatchBuilder builder = new BatchBuilder();
    for (Mutation mutation : batch.mutations()) {
      if (!builder.add(mutation)) {
        throw new IllegalArgumentException(
            "a batch of "
                + batch.mutations().size()
                + " mutations does not fit into an entry; "
                + builder.mutations()
                + " of them do");
      }
    }
    return builder.encode(batch.ingester(), batch.epoch(), batch.sequence());
  }

  private static byte[] encode(Entry.Purge purge) {
    BatchBuilder builder = new BatchBuilder();
    for (Mutation delete : purge.deletes()) {
      if (!builder.add(delete)) {
        throw new IllegalArgumentException("a step of a purge that does not fit into an entry");
      }
    }
    return builder.encodePurge(purge.padding(), purge.last());
  }

  private static byte[] encode(Entry.Restore restore) {
    Entry.RestoreStep step = restore.step();
    if (step instanceof Entry.RestoreStep.Part part) {
      BatchBuilder builder = new BatchBuilder();
      for (Mutation record : part.records()) {
        if (!builder.add(record)) {
          throw new IllegalArgumentException("a part that does not fit into an entry");
        }
      }
      return builder.encodePart(restore.request(), part.number());
    }
    ByteBuffer to = putUuid(begin(RESTORE, 16 + 1 + restSize(step)), restore.request());
    if (step instanceof Entry.RestoreStep.Begin begin) {
      to.put((byte) RESTORE_BEGIN).putLong(begin.savedAtMs());
    } else if (step instanceof Entry.RestoreStep.End end) {
      to.put((byte) RESTORE_END).putInt(end.parts()).putLong(end.records()).putLong(end.digest());
    } else {
      to.put((byte) RESTORE_ABANDON);
    }
    return to.array();
  }

  private static int restSize(Entry.RestoreStep step) {
    if (step instanceof Entry.RestoreStep.Begin) {
      return 8;
    }
    return step instanceof Entry.RestoreStep.End ? 4 + 8 + 8 : 0;
  }

  private static byte[] encode(Entry.Command command) {
    Entry.Operation operation = command.operation();
    if (operation instanceof Entry.Operation.Clear clear) {
      Scope scope = clear.scope();
      if (scope != null && scope.kind() != clear.kind()) {
        throw new IllegalArgumentException("clear " + clear.kind() + " of scope " + scope);
      }
      byte[] name = scope == null ? new byte[0] : utf8(scope.name());
      ByteBuffer to = begin(COMMAND, 16 + 3 + (scope == null ? 0 : 1 + name.length));
      putUuid(to, command.request()).put((byte) CLEAR).put((byte) clear.kind().code());
      return scope == null ? to.put((byte) 0).array() : putName(to.put((byte) 1), name).array();
    } else if (operation instanceof Entry.Operation.StartFeed start) {
      return encode(command.request(), START_FEED, start.feed());
    }
    return encode(command.request(), STOP_FEED, ((Entry.Operation.StopFeed) operation).feed());
  }

  private static byte[] encode(UUID request, int operation, Feed feed) {
    byte[] name = utf8(feed.name());
    ByteBuffer to = putUuid(begin(COMMAND, 16 + 2 + 1 + name.length), request);
    return putName(to.put((byte) operation).put((byte) feed.kind().code()), name).array();
  }

  private static ByteBuffer begin(int type, int length) {
    return ByteBuffer.allocate(2 + length).put((byte) VERSION).put((byte) type);
  }

  private static ByteBuffer putUuid(ByteBuffer to, UUID uuid) {
    return to.putLong(uuid.getMostSignificantBits()).putLong(uuid.getLeastSignificantBits());
  }

  private static ByteBuffer putName(ByteBuffer to, byte[] name) {
    return to.put((byte) name.length).put(name);
  }

  static int batchHeader(byte[] ingester) {
    return MAX_BATCH_HEADER - MAX_MEMBER_BYTES + ingester.length;
  }

  static byte[] memberName(String name) {
    byte[] bytes = utf8(name);
    if (bytes.length == 0 || bytes.length > MAX_MEMBER_BYTES) {
      throw new IllegalArgumentException(
          "a member's name has 1 to " + MAX_MEMBER_BYTES + " bytes, not " + bytes.length);
    }
    return bytes;
  }

  /** The bytes of a name that reads the same when it comes back. */
  static byte[] utf8(String name) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    if (!new String(bytes, StandardCharsets.UTF_8).equals(name)) {
      throw new IllegalArgumentException("a name with half a surrogate pair has no UTF-8 form");
    }
    return bytes;
  }
}
