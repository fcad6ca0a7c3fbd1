package io.ssyncd.log;

/**
 * An entry that a majority holds and that this member's own state machine has applied or will
 * apply.
 *
 * @param index the entry's place in the log
 * @param outcome what the state machine answered
 */
public record Committed(long index, Outcome outcome) {}
