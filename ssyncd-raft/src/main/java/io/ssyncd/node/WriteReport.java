package io.ssyncd.node;

import java.util.List;

/**
 * What a write did, and to what state.
 *
 * @param result in a word
 * @param dryRun whether nothing was changed
 * @param lastKnown whether the cluster was not asked
 * @param stateAgeMs how old the written state is at most: since this node last knew that it was up
 *     to date, or since the snapshot that it was started with if it has learnt no more; 0 after a
 *     barrier
 * @param node this node's name
 * @param index the log index that the written state includes
 * @param term the term when the write began
 * @param epoch the table's epoch when the write began
 * @param durationMs from the request to the last read-back
 * @param scopes a report for each farm and table
 * @param errors what kept sinks from being written, or not from all that the cluster holds, in
 *     words; each names its feed
 * @param notes what else should be known of it, in words
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
    List<String> errors,
    List<String> notes) {
  public WriteReport {
    scopes = List.copyOf(scopes);
    errors = List.copyOf(errors);
    notes = List.copyOf(notes);
  }

  /** How a write ended. */
  public enum Result {
    /** Everything is in place. */
    OK("ok"),
    /** Some records were refused or mismatched, or one of several sinks failed. */
    PARTIAL("partial"),
    /** Nothing was written, and asking again without a change is of no use. */
    REFUSED("refused"),
    /** Nothing was written, for this node collects from what was to be written. */
    NOT_WHILE_INGESTING("refused"),
    /** Nothing was written for now: no barrier, no sink in reach, or nothing known to write. */
    UNAVAILABLE("unavailable");

    private final String word;

    Result(String word) {
      this.word = word;
    }

    /** The word in JSON. */
    public String word() {
      return word;
    }
  }
}
