package io.ssyncd.log;

import io.ssyncd.session.Feed;
import io.ssyncd.session.Kind;
import io.ssyncd.session.Mutation;
import io.ssyncd.session.Scope;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is committed to the log. Every member applies every entry, in the same order; an entry says
 * all that its application depends on, so that all come to the same table.
 */
public sealed interface Entry {
  /**
   * The first entry of a leader's reign. Its log index becomes the epoch; batches of an older one
   * change nothing from then on.
   *
   * @param ingester the member that was elected
   * @param request names this attempt, so that the proposer knows its own OPEN from an earlier one
   *     that committed late
   */
  record Open(String ingester, UUID request) implements Entry {}

  /**
   * What the leader's sources saw. Applied only if ingester and epoch are those of the newest OPEN
   * and the sequence is the next one.
   *
   * @param ingester the member that proposes
   * @param epoch log index of its OPEN
   * @param sequence 1 for the first batch of an epoch, then without gaps
   * @param mutations at most {@link EntryCodec#MAX_MUTATIONS}, in order
   */
  record Batch(String ingester, long epoch, long sequence, List<Mutation> mutations)
      implements Entry {
    public Batch {
      mutations = List.copyOf(mutations);
    }
  }

  /**
   * An operator's wish, outside the ingester's fence; applied once however often it was proposed.
   *
   * @param request names the wish
   * @param operation what is wanted
   */
  record Command(UUID request, Operation operation) implements Entry {}

  /**
   * Makes every member note its digest at this entry's index, so that digests can be compared.
   *
   * @param request names the comparison
   */
  record Mark(UUID request) implements Entry {}

  /**
   * A step of a restore, which replaces all records by those of a saved table. The parts gather
   * beside the table, which stays as it is until the END puts them in its place, all at once.
   *
   * @param request names the restore
   * @param step what is done
   */
  record Restore(UUID request, RestoreStep step) implements Entry {}

  /** The steps of a {@link Restore}: a BEGIN, parts, an END. */
  sealed interface RestoreStep {
    /**
     * Begins; what an earlier restore had gathered is dropped.
     *
     * @param savedAtMs when the table was saved, milliseconds since 1970: records that changed
     *     after that win over it
     */
    record Begin(long savedAtMs) implements RestoreStep {}

    /**
     * Some records.
     *
     * @param number 1 for the first part, then without gaps
     * @param records at most {@link EntryCodec#MAX_MUTATIONS}
     */
    record Part(int number, List<Mutation> records) implements RestoreStep {
      public Part {
        records = List.copyOf(records);
      }
    }

    /**
     * Puts the parts in the table's place, if they are whole. Batches of the epoch so far change
     * nothing after that: whoever leads opens a new one, and writes its sinks before it ingests.
     *
     * @param parts how many there were
     * @param records how many these hold
     * @param digest of these records
     */
    record End(int parts, long records, long digest) implements RestoreStep {}

    /** Drops what was gathered; the table stays as it is. */
    record Abandon() implements RestoreStep {}
  }

  /**
   * A step of a purge, by which what is known of somebody leaves the cluster for good: deletes,
   * then padding, then the last one, upon which every member takes a snapshot. The padding moves
   * the log on into files that hold nothing of what was before, so that the snapshot lets go of
   * those that do.
   *
   * @param deletes which records, at most {@link EntryCodec#MAX_MUTATIONS}
   * @param padding how many bytes that mean nothing it has behind them
   * @param last whether it ends the purge
   */
  record Purge(List<Mutation> deletes, int padding, boolean last) implements Entry {
    public Purge {
      deletes = List.copyOf(deletes);
    }
  }

  /** What operators can wish for. */
  sealed interface Operation {
    /** Whoever leads ingests this feed from now on. */
    record StartFeed(Feed feed) implements Operation {}

    /** Nobody ingests this feed from now on; its records stay. */
    record StopFeed(Feed feed) implements Operation {}

    /**
     * Drops records.
     *
     * @param kind of this kind
     * @param scope of this farm or table alone; null for all of the kind
     */
    record Clear(Kind kind, @Nullable Scope scope) implements Operation {}
  }
}
