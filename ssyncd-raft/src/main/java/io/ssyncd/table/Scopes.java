package io.ssyncd.table;

import io.ssyncd.session.HttpKey;
import io.ssyncd.session.Kind;
import io.ssyncd.session.Mutation;
import io.ssyncd.session.RecentKey;
import io.ssyncd.session.Scope;
import io.ssyncd.session.SessionKey;
import io.ssyncd.session.SessionRecord;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All records, by farm and table; a scope without records is not there. Scopes are found by kind
 * and name, for making a {@link Scope} of every key costs more than all else. Not thread-safe.
 */
final class Scopes {
  private final Map<String, ScopeTable> farms = new HashMap<>();
  private final Map<String, ScopeTable> tables = new HashMap<>();
  private final TableDigest digest = new TableDigest();

  void apply(Mutation mutation) {
    if (mutation instanceof Mutation.Put put) {
      put(put.session());
    } else if (mutation instanceof Mutation.Delete delete) {
      delete(delete.key());
    } else if (mutation instanceof Mutation.ClearScope clear) {
      clear(clear.scope());
    }
  }

  void put(SessionRecord record) {
    SessionKey key = record.key();
    ScopeTable table = of(key);
    if (table == null) {
      table = open(key.scope());
    }
    table.put(record);
  }

  private void delete(SessionKey key) {
    ScopeTable table = of(key);
    if (table != null) {
      table.delete(key);
      if (table.size() == 0) {
        clear(table.scope());
      }
    }
  }

  void clear(Scope scope) {
    byName(scope.kind()).remove(scope.name());
  }

  void clear(Kind kind) {
    byName(kind).clear();
  }

  /** A new, empty table: for whoever is about to fill it. */
  ScopeTable open(Scope scope) {
    ScopeTable table = new ScopeTable(scope, digest);
    byName(scope.kind()).put(scope.name(), table);
    return table;
  }

  @Nullable SessionRecord get(SessionKey key) {
    ScopeTable table = of(key);
    return table == null ? null : table.get(key);
  }

  @Nullable ScopeTable of(Scope scope) {
    return byName(scope.kind()).get(scope.name());
  }

  private @Nullable ScopeTable of(SessionKey key) {
    return key instanceof HttpKey http
        ? farms.get(http.farm())
        : tables.get(((RecentKey) key).table());
  }

  SortedMap<Scope, Integer> counts() {
    SortedMap<Scope, Integer> counts = new TreeMap<>();
    farms.values().forEach(table -> counts.put(table.scope(), table.size()));
    tables.values().forEach(table -> counts.put(table.scope(), table.size()));
    return Collections.unmodifiableSortedMap(counts);
  }

  int count(Kind kind) {
    return byName(kind).values().stream().mapToInt(ScopeTable::size).sum();
  }

  /** The sum of all records' hashes. */
  long sum() {
    long sum = 0;
    for (ScopeTable table : farms.values()) {
      sum += table.sum();
    }
    for (ScopeTable table : tables.values()) {
      sum += table.sum();
    }
    return sum;
  }

  /** Counts and digests of all scopes. */
  SortedMap<Scope, MarkedScopes.Marked> marked() {
    SortedMap<Scope, MarkedScopes.Marked> marked = new TreeMap<>();
    for (Kind kind : Kind.values()) {
      for (ScopeTable table : byName(kind).values()) {
        String digest = TableDigest.text(table.sum());
        marked.put(table.scope(), new MarkedScopes.Marked(table.size(), digest));
      }
    }
    return marked;
  }

  /** The tables of a kind, a view. */
  Collection<ScopeTable> tables(Kind kind) {
    return Collections.unmodifiableCollection(byName(kind).values());
  }

  private Map<String, ScopeTable> byName(Kind kind) {
    return kind == Kind.HTTP ? farms : tables;
  }
}
