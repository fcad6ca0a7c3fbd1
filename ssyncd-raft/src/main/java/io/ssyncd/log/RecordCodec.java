package io.ssyncd.log;

import io.ssyncd.session.Bytes;
import io.ssyncd.session.HttpKey;
import io.ssyncd.session.HttpSession;
import io.ssyncd.session.Interner;
import io.ssyncd.session.Kind;
import io.ssyncd.session.RecentEntry;
import io.ssyncd.session.RecentKey;
import io.ssyncd.session.Scope;
import io.ssyncd.session.SessionKey;
import io.ssyncd.session.SessionRecord;
import java.nio.ByteBuffer;

/**
 * One record as bytes, without its scope, which whoever holds the record writes once for many. A
 * record has exactly one such form: log entries, snapshots and the digest all use it. Big-endian:
 *
 * <pre>
 * http    key:    listener u32 | service u32 | n u8, key[n], n 1 to 255
 *         record: key | backend u32 | n u8, address[n] | lastAccessMs i64
 * recent  key:    n u8, address[n], n 4 or 16
 *         record: key | ttl u8 | n u16, stampsMs i64[n], n 1 to 4096
 * </pre>
 */
public final class RecordCodec {
  /** The longest record: an IPv6 entry of an xt_recent table with all its stamps. */
  public static final int MAX_RECORD_BYTES = 1 + 16 + 1 + 2 + Long.BYTES * RecentEntry.MAX_STAMPS;

  private RecordCodec() {}

  /** How many bytes {@link #write} appends. */
  public static int size(SessionRecord record) {
    if (record instanceof HttpSession session) {
      return keySize(session.key()) + 4 + 1 + session.address().length() + 8;
    }
    RecentEntry entry = (RecentEntry) record;
    return keySize(entry.key()) + 1 + 2 + Long.BYTES * entry.stamps();
  }

  /** How many bytes {@link #writeKey} appends. */
  public static int keySize(SessionKey key) {
    return key instanceof HttpKey http
        ? 4 + 4 + 1 + http.key().length()
        : 1 + ((RecentKey) key).address().length();
  }

  /**
   * Appends a record.
   *
   * @param to big-endian, with {@link #size} bytes of room
   */
  public static void write(SessionRecord record, ByteBuffer to) {
    writeKey(record.key(), to);
    if (record instanceof HttpSession session) {
      to.putInt((int) session.backend());
      writeShort(session.address(), to);
      to.putLong(session.lastAccessMs());
    } else {
      RecentEntry entry = (RecentEntry) record;
      to.put((byte) entry.ttl());
      to.putShort((short) entry.stamps());
      for (int i = 0; i < entry.stamps(); i++) {
        to.putLong(entry.stampMs(i));
      }
    }
  }

  /**
   * Appends a key.
   *
   * @param to big-endian, with {@link #keySize} bytes of room
   */
  public static void writeKey(SessionKey key, ByteBuffer to) {
    if (key instanceof HttpKey http) {
      to.putInt((int) http.listener());
      to.putInt((int) http.service());
      writeShort(http.key(), to);
    } else {
      writeShort(((RecentKey) key).address(), to);
    }
  }

  /**
   * The record that a part of an array holds, and nothing else.
   *
   * @param scope where it belongs
   * @param interner shares addresses among records
   */
  public static SessionRecord read(
      Scope scope, byte[] from, int offset, int length, Interner interner)
      throws MalformedEntryException {
    ByteReader reader = new ByteReader(from, offset, length);
    SessionRecord record = read(scope, reader, interner);
    reader.end();
    return record;
  }

  static SessionRecord read(Scope scope, ByteReader from, Interner interner)
      throws MalformedEntryException {
    if (scope.kind() == Kind.HTTP) {
      HttpKey key = readHttpKey(scope, from);
      long backend = from.u32("backend");
      Bytes address = from.bytes(from.u8("length of the address"), "address");
      return new HttpSession(
          key, backend, interner.address(address), from.i64("time of last access"));
    }
    RecentKey key = readRecentKey(scope, from);
    int ttl = from.u8("ttl");
    int stamps = from.u16("number of stamps");
    if (stamps == 0 || stamps > RecentEntry.MAX_STAMPS) {
      throw from.malformed("an entry of " + stamps + " stamps");
    }
    return new RecentEntry(key, ttl, from.longs(stamps, "stamps"));
  }

  static SessionKey readKey(Scope scope, ByteReader from) throws MalformedEntryException {
    return scope.kind() == Kind.HTTP ? readHttpKey(scope, from) : readRecentKey(scope, from);
  }

  private static HttpKey readHttpKey(Scope scope, ByteReader from) throws MalformedEntryException {
    long listener = from.u32("listener");
    long service = from.u32("service");
    int length = from.u8("length of the key");
    if (length == 0) {
      throw from.malformed("a key of 0 bytes");
    }
    return new HttpKey(scope.name(), listener, service, from.bytes(length, "key"));
  }

  private static RecentKey readRecentKey(Scope scope, ByteReader from)
      throws MalformedEntryException {
    int length = from.u8("length of the address");
    if (length != 4 && length != 16) {
      throw from.malformed("an address of " + length + " bytes");
    }
    return new RecentKey(scope.name(), from.bytes(length, "address"));
  }

  private static void writeShort(Bytes bytes, ByteBuffer to) {
    to.put((byte) bytes.length());
    bytes.writeTo(to);
  }
}
