package io.ssyncd.log;

/**
 * A committed entry that is still in the log.
 *
 * @param index its place
 * @param atMs when it was proposed, by the clock of the leader of that time: milliseconds since
 *     1970
 * @param entry its bytes; not to be changed
 */
public record LoggedEntry(long index, long atMs, byte[] entry) {}
