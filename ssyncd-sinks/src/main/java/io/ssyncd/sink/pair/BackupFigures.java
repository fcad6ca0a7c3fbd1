package io.ssyncd.sink.pair;

import java.util.SortedMap;

/**
 * What old backups were served since this process started.
 *
 * @param listening whether they are served now: only a leader does
 * @param connected how many are connected
 * @param waiting the most changes that wait for one of them
 * @param bound how many may
 * @param frames how many were sent
 * @param notSent records and deletions that the protocol cannot carry, by reason
 * @param dropped how many were cut off, by reason
 * @param oneService whether a listener with several services was sent: of those an old backup keeps
 *     the one whose first session came last
 */
public record BackupFigures(
    boolean listening,
    int connected,
    int waiting,
    int bound,
    long frames,
    SortedMap<String, Long> notSent,
    SortedMap<String, Long> dropped,
    boolean oneService) {}
