package io.ssyncd.log;

import org.jspecify.annotations.Nullable;

/**
 * A member as this one sees it.
 *
 * @param name its name
 * @param address host:port of its log
 * @param witness whether it votes only, without sources and sinks
 * @param voter whether it votes; a new member does once it has caught up
 * @param role its role; of others only LEADER and FOLLOWER are known
 * @param reachable whether it answered lately (this member itself always is)
 * @param clock how far its wall clock is ahead of ours; null if it never answered
 * @param notice what it last published, see {@link ReplicatedLog#publish}; null if it never
 *     answered
 */
public record LogMember(
    String name,
    String address,
    boolean witness,
    boolean voter,
    Role role,
    boolean reachable,
    @Nullable ClockOffset clock,
    byte @Nullable [] notice) {}
