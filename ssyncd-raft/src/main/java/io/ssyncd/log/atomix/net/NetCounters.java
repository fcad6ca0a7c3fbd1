package io.ssyncd.log.atomix.net;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** How often the transport reached one of its bounds or refused somebody. */
public final class NetCounters {
  /** Connections refused or dropped before or in their greeting. */
  final LongAdder strangers = new LongAdder();

  /** Connections dropped for a frame that is too large or makes no sense. */
  final LongAdder badFrames = new LongAdder();

  /** Connections not accepted because too many were open. */
  final LongAdder tooManyConnections = new LongAdder();

  /** Requests that were not sent because too many waited. */
  final LongAdder fullLinks = new LongAdder();

  /** Requests that were not answered in time. */
  final LongAdder timeouts = new LongAdder();

  /** Connections made to other members. */
  final LongAdder connects = new LongAdder();

  /** The counts by name. */
  public Map<String, Long> snapshot() {
    Map<String, Long> counts = new LinkedHashMap<>();
    counts.put("strangers", strangers.sum());
    counts.put("bad_frames", badFrames.sum());
    counts.put("too_many_connections", tooManyConnections.sum());
    counts.put("full_links", fullLinks.sum());
    counts.put("timeouts", timeouts.sum());
    counts.put("connects", connects.sum());
    return counts;
  }
}
