package io.ssyncd.log.atomix;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** How often the log's own line reached a bound or had to help itself. */
final class LogCounters {
  /** Proposals that found the queue full. */
  final LongAdder rejected = new LongAdder();

  /** Proposals above the bound of an entry. */
  final LongAdder tooLarge = new LongAdder();

  /** Proposals and barriers that had no answer in time. */
  final LongAdder timedOut = new LongAdder();

  /** Requests that were made again. */
  final LongAdder retried = new LongAdder();

  /** Sessions that were opened. */
  final LongAdder sessions = new LongAdder();

  /** Syncs of the log's files. */
  final LongAdder syncs = new LongAdder();

  /** How often the end of the log was cut off by a new leader. */
  final LongAdder cuts = new LongAdder();

  /** Parts of the server's tick that failed by a bug. */
  final LongAdder failedTicks = new LongAdder();

  /** The counts by name. */
  Map<String, Long> snapshot() {
    Map<String, Long> counts = new LinkedHashMap<>();
    counts.put("rejected", rejected.sum());
    counts.put("too_large", tooLarge.sum());
    counts.put("timed_out", timedOut.sum());
    counts.put("retried", retried.sum());
    counts.put("sessions", sessions.sum());
    counts.put("syncs", syncs.sum());
    counts.put("cuts", cuts.sum());
    counts.put("failed_ticks", failedTicks.sum());
    return counts;
  }
}
