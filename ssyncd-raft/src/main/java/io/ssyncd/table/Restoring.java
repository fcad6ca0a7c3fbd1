package io.ssyncd.table;

import io.ssyncd.log.Entry;
import io.ssyncd.log.Outcome;
import io.ssyncd.session.HttpSession;
import io.ssyncd.session.Kind;
import io.ssyncd.session.Mutation;
import io.ssyncd.session.RecentEntry;
import io.ssyncd.session.SessionRecord;
import java.nio.ByteBuffer;
import java.util.UUID;

/**
 * The records that a restore has brought so far, beside the table that they are to replace. Part of
 * what is replicated. Not thread-safe.
 */
final class Restoring {
  private final UUID request;
  private final long savedAtMs;
  final Scopes scopes = new Scopes();
  int parts;

  Restoring(UUID request, long savedAtMs) {
    this.request = request;
    this.savedAtMs = savedAtMs;
  }

  UUID request() {
    return request;
  }

  long savedAtMs() {
    return savedAtMs;
  }

  long records() {
    long records = 0;
    for (Kind kind : Kind.values()) {
      records += scopes.count(kind);
    }
    return records;
  }

  Outcome add(Entry.RestoreStep.Part part) {
    if (part.number() <= parts) {
      return Outcome.DUPLICATE;
    }
    if (part.number() != parts + 1) {
      return Outcome.GAP;
    }
    for (Mutation record : part.records()) {
      scopes.apply(record);
    }
    parts++;
    return Outcome.APPLIED;
  }

  boolean isWhole(Entry.RestoreStep.End end) {
    return parts == end.parts() && records() == end.records() && scopes.sum() == end.digest();
  }

  /**
   * The new table: the saved records, but for those that live after the save. A session that was
   * used since then is one of a client that is there now.
   */
  Scopes replacing(Scopes live) {
    for (Kind kind : Kind.values()) {
      for (ScopeTable table : live.tables(kind)) {
        for (SessionRecord record : table.records()) {
          SessionRecord saved = timeMs(record) > savedAtMs ? scopes.get(record.key()) : record;
          if (saved == null || timeMs(record) > timeMs(saved)) {
            scopes.put(record);
          }
        }
      }
    }
    return scopes;
  }

  /** When a record last changed, by its own word. */
  private static long timeMs(SessionRecord record) {
    if (record instanceof HttpSession session) {
      return session.lastAccessMs();
    }
    RecentEntry entry = (RecentEntry) record;
    long newest = Long.MIN_VALUE;
    for (int i = 0; i < entry.stamps(); i++) {
      newest = Math.max(newest, entry.stampMs(i));
    }
    return newest;
  }

  long digest() {
    byte[] bytes =
        ByteBuffer.allocate(16 + 8 + 4 + 8)
            .putLong(request.getMostSignificantBits())
            .putLong(request.getLeastSignificantBits())
            .putLong(savedAtMs)
            .putInt(parts)
            .putLong(scopes.sum())
            .array();
    return TableDigest.hash(1, bytes, bytes.length);
  }
}
