package io.ssyncd.log;

import org.jspecify.annotations.Nullable;

/**
 * Where this member's log stands.
 *
 * @param role this member's role
 * @param leader the leader's name; null if unknown
 * @param term the current term
 * @param commitIndex the last index this member knows to be committed
 * @param appliedIndex the last index this member's state machine has seen
 * @param quorum whether a majority is in reach: for the leader, answers of a majority within two
 *     election timeouts; for others, a leader that is heard
 */
public record LogStatus(
    Role role,
    @Nullable String leader,
    long term,
    long commitIndex,
    long appliedIndex,
    boolean quorum) {}
