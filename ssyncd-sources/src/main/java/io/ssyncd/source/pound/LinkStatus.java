package io.ssyncd.source.pound;

import io.ssyncd.node.Warning;
import java.util.List;

/**
 * How a link stands, at one instant.
 *
 * @param connected whether there is a connection
 * @param live whether its Pound was proven to tell what happens, on this connection
 * @param sessions how many sessions Pound was seen to hold
 * @param bound how many of them are followed at most
 * @param overflows how many were left out beyond that
 * @param events frames that came, since the start of this process
 * @param malformed streams that were no frames
 * @param late additions that came after their session's TTL
 * @param unexpected frames that Pound does not send
 * @param connections how often it was connected
 * @param warnings what is wrong now
 */
public record LinkStatus(
    boolean connected,
    boolean live,
    int sessions,
    int bound,
    long overflows,
    long events,
    long malformed,
    long late,
    long unexpected,
    long connections,
    List<Warning> warnings) {
  public LinkStatus {
    warnings = List.copyOf(warnings);
  }
}
