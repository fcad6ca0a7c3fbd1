package io.ssyncd.log.atomix;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * When each member was last heard in a leader's traffic: what it answered, in the term in which it
 * was asked, and what it sent as leader. By the monotonic clock. Thread-safe.
 */
final class HeardTimes {
  private final Map<String, Long> heard = new ConcurrentHashMap<>();
  private final LongSupplier nanoTime;

  HeardTimes() {
    this(System::nanoTime);
  }

  /** With a clock that a test moves. */
  HeardTimes(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  void hear(String member) {
    heard.put(member, nanoTime.getAsLong());
  }

  boolean within(String member, Duration time) {
    Long at = heard.get(member);
    return at != null && nanoTime.getAsLong() - at <= time.toNanos();
  }

  /** Whether a majority of the voters was heard within a time, a member itself always. */
  boolean majorityWithin(List<String> voters, String self, Duration time) {
    long heardOf =
        voters.stream().filter(voter -> voter.equals(self) || within(voter, time)).count();
    return heardOf > voters.size() / 2;
  }
}
