package io.ssyncd.node;

import io.ssyncd.session.Scope;
import io.ssyncd.table.MarkedScopes;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a member tells the others about itself, beside the log.
 *
 * @param appliedIndex how far its table is
 * @param state where its promotion stands
 * @param holdsVip whether its host holds an address that traffic comes to
 * @param servedAlone whether it served without a majority and may hold what the cluster does not
 *     know
 * @param startedMs when its process started, wall-clock milliseconds since 1970
 * @param hearing which of its farms' Pounds it does not hear
 * @param configurations digests of its farms' configurations, by farm
 * @param purged index of the end of the newest purge of which its files hold nothing any more; 0 if
 *     there was none
 * @param marked what its table was at the newest mark; null before the first
 */
record Notice(
    long appliedIndex,
    NodeState state,
    boolean holdsVip,
    boolean servedAlone,
    long startedMs,
    Hearing hearing,
    SortedMap<String, String> configurations,
    long purged,
    @Nullable Marked marked) {
  Notice {
    configurations = Collections.unmodifiableSortedMap(new TreeMap<>(configurations));
  }

  /**
   * A member's table at a mark.
   *
   * @param index the mark's place in the log
   * @param digest of all that is replicated
   * @param whole whether {@code scopes} are all that held records
   * @param scopes counts and digests by farm and table, as far as they are known and fit
   */
  record Marked(
      long index, String digest, boolean whole, SortedMap<Scope, MarkedScopes.Marked> scopes) {
    Marked {
      scopes = Collections.unmodifiableSortedMap(new TreeMap<>(scopes));
    }
  }
}
