package io.ssyncd.node;

import java.util.List;
import java.util.Locale;

/**
 * What a write did, and to what state.
 *
 * @param result in a word
 * @param dryRun whether nothing was changed
 * @param lastKnown whether the cluster was not asked
 * @param stateAgeMs how long ago this node last knew that it was up to date; 0 after a barrier
 * @param node this node's name
 * @param index the log index that the written state includes
 * @param term the term at that time
 * @param epoch the table's epoch
 * @param durationMs from the request to the last read-back
 * @param scopes a report for each farm and table
 * @param errors what kept sinks from being written, in words; each names its feed
 */
public record WriteReport(
    Result result,
    boolean dryRun,
    boolean lastKnown,
    long stateAgeMs,
    String node,
    long index,
    long term,
    long epoch,
    long durationMs,
    List<ScopeReport> scopes,
    List<String> errors) {
  public WriteReport {
    scopes = List.copyOf(scopes);
    errors = List.copyOf(errors);
  }

  /** How a write ended. */
  public enum Result {
    /** Everything is in place. */
    OK,
    /** Some records were refused or mismatched, or one of several sinks failed. */
    PARTIAL,
    /** Nothing was written, and asking again without a change is of no use. */
    REFUSED,
    /** Nothing was written for now: no barrier, or no sink in reach. */
    UNAVAILABLE;

    /** The word in JSON. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
