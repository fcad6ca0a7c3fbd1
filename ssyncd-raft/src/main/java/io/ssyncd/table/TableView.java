package io.ssyncd.table;

import io.ssyncd.session.Feed;
import io.ssyncd.session.Kind;
import io.ssyncd.session.Scope;
import io.ssyncd.session.SessionKey;
import io.ssyncd.session.SessionRecord;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/** The replicated table as readers see it. Thread-safe; every call sees one consistent state. */
public interface TableView {
  /** The record of that key; null if there is none. */
  @Nullable SessionRecord get(SessionKey key);

  /**
   * All records of a scope, in no particular order: a copy of references, taken under the table's
   * lock (about 1 ms for 100,000).
   */
  List<SessionRecord> records(Scope scope);

  /** How many records each scope holds; scopes without any are left out. */
  SortedMap<Scope, Integer> counts();

  /** How many records of a kind there are. */
  int count(Kind kind);

  /** The feeds that operators started, by whatever member leads. */
  SortedSet<Feed> startedFeeds();

  /** The feeds that operators stopped. */
  SortedSet<Feed> stoppedFeeds();

  /** The epoch of the newest OPEN; 0 before the first. */
  long epoch();

  /** The ingester of the newest OPEN; null before the first. */
  @Nullable String ingester();

  /** The index of the last entry that was applied. */
  long appliedIndex();

  /** The digest of all that is replicated, see {@link TableDigest}: 16 hexadecimal digits. */
  String digest();

  /** The digest of the records of one scope. */
  String digest(Scope scope);
}
