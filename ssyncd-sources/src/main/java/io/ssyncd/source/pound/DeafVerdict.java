package io.ssyncd.source.pound;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Whether a Pound told of nothing when it was asked last, and when to ask again. It may have been
 * heard wrong; and each time that it is asked leaves a session of ours in it until its next sweep:
 * so it is asked again, and less and less often. Thread-safe.
 */
final class DeafVerdict {
  private final PoundLinkConfig.BackOff pauses;
  private @Nullable PeerProcess process;
  private int dumps;
  private long againNanos;

  DeafVerdict(PoundLinkConfig.BackOff pauses) {
    this.pauses = pauses;
  }

  /**
   * A dump of that process told of nothing.
   *
   * @return in how many dumps, one after the other
   */
  synchronized int passed(PeerProcess on, long nowNanos) {
    dumps = on.equals(process) ? dumps + 1 : 1;
    process = on;
    againNanos = nowNanos + pauses.after(dumps - 1).toNanos();
    return dumps;
  }

  /** It was heard. */
  synchronized void lifted() {
    process = null;
    dumps = 0;
  }

  /** How long to wait before that process is asked again; zero if it may be asked at once. */
  synchronized Duration pause(PeerProcess of, long nowNanos) {
    boolean waits = of.equals(process) && againNanos - nowNanos > 0;
    return waits ? Duration.ofNanos(againNanos - nowNanos) : Duration.ZERO;
  }
}
