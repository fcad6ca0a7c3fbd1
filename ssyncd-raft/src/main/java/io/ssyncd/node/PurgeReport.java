package io.ssyncd.node;

import io.ssyncd.session.Scope;
import java.util.List;
import java.util.SortedMap;

/**
 * What a purge did.
 *
 * @param purged how many records of each farm and table were found and deleted; of a dry run, found
 * @param index of the entry that ended it; 0 of a dry run
 * @param done members whose files hold nothing any more of what was purged, this one included
 * @param open members in reach that were still at it when this was reported
 * @param away members out of reach: their files hold it until they are back
 */
public record PurgeReport(
    SortedMap<Scope, Integer> purged,
    long index,
    List<String> done,
    List<String> open,
    List<String> away) {
  public PurgeReport {
    done = List.copyOf(done);
    open = List.copyOf(open);
    away = List.copyOf(away);
  }

  /** Whether every member's files are rid of it. */
  public boolean complete() {
    return open.isEmpty() && away.isEmpty();
  }
}
