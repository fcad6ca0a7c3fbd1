package io.ssyncd.node;

import io.ssyncd.session.Feed;
import io.ssyncd.session.Kind;
import io.ssyncd.session.RecentEntry;
import io.ssyncd.session.Scope;
import io.ssyncd.session.SessionKey;
import io.ssyncd.session.SessionRecord;
import io.ssyncd.table.TableView;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The table as a sink is to see it: entries of kernel tables in the time of this host, whatever
 * clock stamped them. Digests are those of what is replicated. Thread-safe.
 */
final class RecordsInOwnTime implements TableView {
  private final TableView table;
  private final LongSupplier aheadMs;

  /**
   * @param aheadMs how far the clock that stamped the entries is ahead of this host's
   */
  RecordsInOwnTime(TableView table, LongSupplier aheadMs) {
    this.table = table;
    this.aheadMs = aheadMs;
  }

  @Override
  public @Nullable SessionRecord get(SessionKey key) {
    SessionRecord held = table.get(key);
    return held instanceof RecentEntry entry ? entry.later(-aheadMs.getAsLong()) : held;
  }

  @Override
  public List<SessionRecord> records(Scope scope) {
    List<SessionRecord> held = table.records(scope);
    long ahead = aheadMs.getAsLong();
    return scope.kind() != Kind.RECENT || ahead == 0
        ? held
        : held.stream()
            .map(each -> each instanceof RecentEntry entry ? entry.later(-ahead) : each)
            .toList();
  }

  @Override
  public SortedMap<Scope, Integer> counts() {
    return table.counts();
  }

  @Override
  public int count(Kind kind) {
    return table.count(kind);
  }

  @Override
  public SortedSet<Feed> startedFeeds() {
    return table.startedFeeds();
  }

  @Override
  public SortedSet<Feed> stoppedFeeds() {
    return table.stoppedFeeds();
  }

  @Override
  public long epoch() {
    return table.epoch();
  }

  @Override
  public @Nullable String ingester() {
    return table.ingester();
  }

  @Override
  public long appliedIndex() {
    return table.appliedIndex();
  }

  @Override
  public String digest() {
    return table.digest();
  }

  @Override
  public String digest(Scope scope) {
    return table.digest(scope);
  }
}
