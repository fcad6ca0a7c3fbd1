package io.ssyncd.node.diff;

import io.ssyncd.session.Scope;
import io.ssyncd.session.SessionRecord;
import io.ssyncd.table.ScopeBuckets;
import io.ssyncd.table.TableCopy;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A table as it was at a mark. Used by one thread at a time. */
final class FrozenTable {
  private final TableCopy copy;
  private final String rest;
  private @Nullable Scope lastScope;
  private @Nullable ScopeBuckets last;

  /**
   * @param rest what is replicated beside the records, in words
   */
  FrozenTable(TableCopy copy, String rest) {
    this.copy = copy;
    this.rest = rest;
  }

  long index() {
    return copy.index();
  }

  String rest() {
    return rest;
  }

  List<Scope> scopes() {
    return List.copyOf(copy.records().keySet());
  }

  List<SessionRecord> records(Scope scope) {
    return copy.records().getOrDefault(scope, List.of());
  }

  /** The buckets of a scope; those that were asked for last are remembered. */
  ScopeBuckets buckets(Scope scope, int count) {
    ScopeBuckets known = last;
    if (known == null || !scope.equals(lastScope) || known.count() != count) {
      known = ScopeBuckets.of(scope, records(scope), count);
      last = known;
      lastScope = scope;
    }
    return known;
  }
}
