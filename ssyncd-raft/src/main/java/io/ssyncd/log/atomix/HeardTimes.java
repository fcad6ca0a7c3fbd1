package io.ssyncd.log.atomix;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * When each member was last heard in this term's traffic: answers to the leader's appends, and
 * appends of a leader. By the monotonic clock.
 */
final class HeardTimes {
  private final Map<String, Long> heard = new ConcurrentHashMap<>();

  void hear(String member) {
    heard.put(member, System.nanoTime());
  }

  boolean within(String member, Duration time) {
    Long at = heard.get(member);
    return at != null && System.nanoTime() - at <= time.toNanos();
  }
}
