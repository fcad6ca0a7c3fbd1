package io.ssyncd.source.pound;

/**
 * What a source has done since the start of this process.
 *
 * @param told changes that the intake took
 * @param thinned refreshes that were not told
 * @param overflows how often the intake had no room
 * @param expired removals proposed because nobody deleted
 * @param held deletions that wait, or are not known to be made, now
 * @param heldBound how many may
 * @param heldOverflows deletions that found no room
 * @param heldReturned dropped because their session came back
 * @param heldMassDropped dropped because their service lost all sessions
 */
public record SourceCounters(
    long told,
    long thinned,
    long overflows,
    long expired,
    long held,
    long heldBound,
    long heldOverflows,
    long heldReturned,
    long heldMassDropped) {}
