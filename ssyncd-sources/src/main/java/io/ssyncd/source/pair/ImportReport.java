package io.ssyncd.source.pair;

import io.ssyncd.session.Kind;
import io.ssyncd.session.Scope;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SortedMap;

/**
 * What an import has done so far.
 *
 * @param master {@code host:port} of the old master
 * @param connected whether it is connected now
 * @param connections how often it was
 * @param lastError why it is not, or was not last; empty if that never happened
 * @param seconds since it began
 * @param dumpEnded how the end of the newest answer to a request showed; NOT_YET before
 * @param counts by kind
 * @param scopes how many records of each farm and table the old master has, as far as it told:
 *     taken and not removed
 * @param absent how many of these the newest whole answer did not name; they stay until their own
 *     time is over
 * @param clears how often the old master said that its link to a Pound came or went
 * @param time what is known of the old master's clocks
 * @param tableFull how many records the bounds of this cluster's table did not admit
 */
public record ImportReport(
    String master,
    boolean connected,
    int connections,
    String lastError,
    long seconds,
    DumpEnd.How dumpEnded,
    SortedMap<Kind, Counts> counts,
    SortedMap<Scope, Integer> scopes,
    long absent,
    long clears,
    Time time,
    long tableFull) {

  /**
   * Of one kind. Every frame counts once, in one of the numbers below it.
   *
   * @param frames that came
   * @param added records that were new to this import
   * @param updated that changed one it knew
   * @param unchanged the cluster has it so already
   * @param thinned a use that the cluster need not know of, see {@code http.thinning}
   * @param older what the cluster has is newer
   * @param expired its time was over when it came
   * @param removed deletions that were made
   * @param held deletions that wait
   * @param kept deletions that were not made: the record came back, the cluster's own is newer, the
   *     master was lost, or all of its service or table went at once
   * @param refused what could not be kept, by reason
   */
  public record Counts(
      long frames,
      long added,
      long updated,
      long unchanged,
      long thinned,
      long older,
      long expired,
      long removed,
      long held,
      long kept,
      SortedMap<String, Long> refused) {}

  /**
   * Of its clocks.
   *
   * @param jiffiesPerSecond as assumed or stated
   * @param measured as its news show; empty while they do not
   * @param anchored whether entries were heard of as they happened: ages are off by 2 s at most;
   *     else by the age of its newest entry
   * @param sessionLagMs by how much sessions' times are behind this host's clock when they come, at
   *     least; below zero its clock is ahead of ours; empty while none was used
   */
  public record Time(
      int jiffiesPerSecond, OptionalInt measured, boolean anchored, OptionalLong sessionLagMs) {}

  /** What cannot be known, and what looks wrong, in words. */
  public List<String> notes() {
    return ImportNotes.of(this);
  }
}
