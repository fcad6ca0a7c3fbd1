package io.ssyncd.table;

import io.ssyncd.session.HttpSession;
import io.ssyncd.session.RecentEntry;
import io.ssyncd.session.Scope;
import io.ssyncd.session.SessionKey;
import io.ssyncd.session.SessionRecord;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The records of one farm or table, and their digest. Not thread-safe. */
final class ScopeTable {
  private final Scope scope;
  private final long seed;
  private final TableDigest digest;
  private final Map<SessionKey, SessionRecord> records = new HashMap<>();
  private long sum;

  ScopeTable(Scope scope, TableDigest digest) {
    this.scope = scope;
    this.seed = TableDigest.seed(scope);
    this.digest = digest;
  }

  void put(SessionRecord record) {
    SessionKey key = record.key();
    SessionRecord old = records.get(key);
    if (old == null) {
      records.put(key, record);
      sum += digest.of(seed, record);
    } else if (!old.equals(record)) {
      // The map keeps the key it has. The record must not hold another copy of it.
      SessionRecord kept = withKeyOf(old, record);
      records.put(old.key(), kept);
      sum += digest.of(seed, kept) - digest.of(seed, old);
    }
  }

  void delete(SessionKey key) {
    SessionRecord old = records.remove(key);
    if (old != null) {
      sum -= digest.of(seed, old);
    }
  }

  private static SessionRecord withKeyOf(SessionRecord old, SessionRecord record) {
    if (old instanceof HttpSession was && record instanceof HttpSession is) {
      return new HttpSession(was.key(), is.backend(), is.address(), is.lastAccessMs());
    } else if (old instanceof RecentEntry was && record instanceof RecentEntry is) {
      return new RecentEntry(was.key(), is.ttl(), is.stampsMs());
    }
    throw new IllegalStateException("two kinds of records under one key: " + old.key());
  }

  @Nullable SessionRecord get(SessionKey key) {
    return records.get(key);
  }

  Scope scope() {
    return scope;
  }

  int size() {
    return records.size();
  }

  /** The hash of a record of this scope, from its form in {@link io.ssyncd.log.RecordCodec}. */
  long hash(byte[] record, int length) {
    return TableDigest.hash(seed, record, length);
  }

  /** The sum of the records' hashes. */
  long sum() {
    return sum;
  }

  /** A view. */
  Collection<SessionRecord> records() {
    return Collections.unmodifiableCollection(records.values());
  }

  List<SessionRecord> copy() {
    return Collections.unmodifiableList(new ArrayList<>(records.values()));
  }
}
