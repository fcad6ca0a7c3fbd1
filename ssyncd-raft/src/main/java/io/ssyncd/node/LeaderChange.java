package io.ssyncd.node;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A member began to lead, as this node saw it: within a fifth of the election timeout, and for
 * other members within half a second more.
 *
 * @param term in which it leads
 * @param from who led before; null if this node knows of nobody
 * @param to who leads since then
 * @param at when this node heard of it
 * @param leaderlessMs for how long nobody was known to lead; the time until a silent leader is
 *     given up is not in it
 * @param verifiedMs how long after {@code at} its sinks were written and read back; null if they
 *     were not (yet), or before this node was there to see it
 * @param ingestingMs how long after {@code at} its sources reported; null likewise
 */
public record LeaderChange(
    long term,
    @Nullable String from,
    String to,
    Instant at,
    long leaderlessMs,
    @Nullable Long verifiedMs,
    @Nullable Long ingestingMs) {}
