package io.ssyncd.node;

import io.ssyncd.session.Scope;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * What a write did to one farm or table; the counts are of records.
 *
 * @param scope the farm or table
 * @param applied written, and found in place afterwards
 * @param unchanged in place already
 * @param removed taken away because the cluster does not hold it
 * @param mismatched written, but read back as something else or not at all
 * @param extra in place, unknown to the cluster, and not to be removed
 * @param reasons how many were not written, by reason
 * @param examples of what was refused or mismatched: at most {@value #MAX_EXAMPLES} of each reason,
 *     none twice, without session keys
 * @param planned of a dry run, what a write would do, or leave as it is: at most {@value
 *     #MAX_EXAMPLES} of each verb, without session keys; empty for a write
 * @param notes what this kind of sink cannot keep, in words
 */
public record ScopeReport(
    Scope scope,
    long applied,
    long unchanged,
    long removed,
    long mismatched,
    long extra,
    Map<Reason, Long> reasons,
    List<String> examples,
    List<String> planned,
    List<String> notes) {
  /**
   * How many examples a report carries of each reason, of what was mismatched, and of each verb.
   */
  public static final int MAX_EXAMPLES = 20;

  public ScopeReport {
    reasons = Collections.unmodifiableMap(new EnumMap<>(withAllKeys(reasons)));
    examples = List.copyOf(examples);
    planned = List.copyOf(planned);
    notes = List.copyOf(notes);
  }

  /**
   * How many records were refused, over all reasons but {@link Reason#EXPIRED}: what has outlived
   * its time would go at once, so there is nothing to write, and nothing that an operator could do.
   */
  public long refused() {
    return reasons.values().stream().mapToLong(Long::longValue).sum() - expired();
  }

  /** How many records were passed over because their time is over. */
  public long expired() {
    return reasons.getOrDefault(Reason.EXPIRED, 0L);
  }

  /** Whether everything that the cluster holds, and that still counts, is in place. */
  public boolean complete() {
    return refused() == 0 && mismatched == 0;
  }

  private static EnumMap<Reason, Long> withAllKeys(Map<Reason, Long> reasons) {
    EnumMap<Reason, Long> copy = new EnumMap<>(Reason.class);
    copy.putAll(reasons);
    return copy;
  }

  /** Counts up a report. Not thread-safe. */
  public static final class Tally {
    private final Scope scope;
    private long applied;
    private long unchanged;
    private long removed;
    private long mismatched;
    private long extra;
    private final EnumMap<Reason, Long> reasons = new EnumMap<>(Reason.class);
    private final Map<String, Set<String>> examples = new LinkedHashMap<>();
    private final Map<String, Set<String>> planned = new LinkedHashMap<>();
    private final List<String> notes = new ArrayList<>();

    /** An empty report on {@code scope}. */
    public Tally(Scope scope) {
      this.scope = scope;
    }

    /** Counts records that were written. */
    public Tally applied(long count) {
      applied += count;
      return this;
    }

    /** Counts records that were in place. */
    public Tally unchanged(long count) {
      unchanged += count;
      return this;
    }

    /** Counts records that were taken away. */
    public Tally removed(long count) {
      removed += count;
      return this;
    }

    /** Counts records in place that the cluster does not know. */
    public Tally extra(long count) {
      extra += count;
      return this;
    }

    /** Counts a record that was read back otherwise than written. */
    public Tally mismatched(String example) {
      mismatched++;
      return example(examples, "", () -> example);
    }

    /** Counts a record that was refused. */
    public Tally refused(Reason reason, String example) {
      return refused(reason, () -> example);
    }

    /**
     * Counts a record that was refused.
     *
     * @param example asked only while there is room for it
     */
    public Tally refused(Reason reason, Supplier<String> example) {
      reasons.merge(reason, 1L, Long::sum);
      return example(examples, reason.word() + ": ", example);
    }

    /** Counts records that were refused for one reason, of which one example tells all. */
    public Tally refused(Reason reason, long count, String example) {
      if (count > 0) {
        reasons.merge(reason, count, Long::sum);
        example(examples, reason.word() + ": ", () -> example);
      }
      return this;
    }

    /**
     * Says of one record what a write would do with it; counts nothing.
     *
     * @param verb such as {@code write} or {@code remove}
     * @param record asked only while there is room for it
     */
    public Tally planned(String verb, Supplier<String> record) {
      return example(planned, verb + " ", record);
    }

    /** Adds a sentence on what the sink cannot keep. */
    public Tally note(String note) {
      notes.add(note);
      return this;
    }

    /** The report as it stands. */
    public ScopeReport report() {
      return new ScopeReport(
          scope,
          applied,
          unchanged,
          removed,
          mismatched,
          extra,
          reasons,
          all(examples),
          all(planned),
          notes);
    }

    private static List<String> all(Map<String, Set<String>> of) {
      return of.values().stream().flatMap(Set::stream).toList();
    }

    /** Each kind has room of its own: of a common one there are never too many for a rare one. */
    private Tally example(Map<String, Set<String>> of, String kind, Supplier<String> text) {
      Set<String> same = of.computeIfAbsent(kind, unused -> new LinkedHashSet<>());
      if (same.size() < MAX_EXAMPLES) {
        same.add(kind + text.get());
      }
      return this;
    }
  }
}
