package io.ssyncd.sink.pound;

import io.ssyncd.session.Feed;
import io.ssyncd.session.HttpSession;
import io.ssyncd.session.Kind;
import io.ssyncd.session.Mutation;
import io.ssyncd.session.Scope;
import io.ssyncd.session.SessionKey;
import io.ssyncd.session.SessionRecord;
import io.ssyncd.table.TableView;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A table that is a map. */
final class MapTable implements TableView {
  private final Map<SessionKey, SessionRecord> records = new ConcurrentHashMap<>();

  void apply(Mutation mutation) {
    if (mutation instanceof Mutation.Put put) {
      records.put(put.session().key(), put.session());
    } else if (mutation instanceof Mutation.Delete delete) {
      records.remove(delete.key());
    } else {
      records.keySet().removeIf(key -> key.scope().equals(mutation.scope()));
    }
  }

  void put(HttpSession session) {
    records.put(session.key(), session);
  }

  void putAll(Collection<HttpSession> sessions) {
    sessions.forEach(this::put);
  }

  int size() {
    return records.size();
  }

  Map<SessionKey, SessionRecord> asMap() {
    return Map.copyOf(records);
  }

  @Override
  public @Nullable SessionRecord get(SessionKey key) {
    return records.get(key);
  }

  @Override
  public List<SessionRecord> records(Scope scope) {
    return new ArrayList<>(
        records.values().stream().filter(r -> r.key().scope().equals(scope)).toList());
  }

  @Override
  public SortedMap<Scope, Integer> counts() {
    SortedMap<Scope, Integer> counts = new TreeMap<>();
    records.keySet().forEach(key -> counts.merge(key.scope(), 1, Integer::sum));
    return counts;
  }

  @Override
  public int count(Kind kind) {
    return (int) records.keySet().stream().filter(k -> k.scope().kind() == kind).count();
  }

  @Override
  public SortedSet<Feed> startedFeeds() {
    return new TreeSet<>();
  }

  @Override
  public SortedSet<Feed> stoppedFeeds() {
    return new TreeSet<>();
  }

  @Override
  public long epoch() {
    return 1;
  }

  @Override
  public @Nullable String ingester() {
    return "n1";
  }

  @Override
  public long appliedIndex() {
    return 1;
  }

  @Override
  public String digest() {
    return Integer.toHexString(records.hashCode());
  }

  @Override
  public String digest(Scope scope) {
    return digest();
  }
}
