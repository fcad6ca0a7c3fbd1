package io.ssyncd.log.atomix;

import io.ssyncd.log.ClockOffset;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What is known of one other member from probes. Thread-safe. */
final class Peer {
  final String name;

  private final ClockSamples clock = new ClockSamples();
  private byte @Nullable [] notice;
  private long answeredAt;
  private boolean everAnswered;
  private boolean asking;

  Peer(String name) {
    this.name = name;
  }

  /** Whether a probe may be sent: one is out at a time. */
  synchronized boolean beginAsking() {
    boolean may = !asking;
    asking = true;
    return may;
  }

  synchronized void endAsking() {
    asking = false;
  }

  synchronized void answered(Probe answer, long returned) {
    clock.add(answer.sent(), answer.received(), answer.answered(), returned);
    answeredAt = System.nanoTime();
    everAnswered = true;
    notice = answer.notice();
  }

  /** A request of the peer carries its notice too; it does not make it reachable. */
  synchronized void asked(Probe request) {
    notice = request.notice();
  }

  synchronized boolean answeredWithin(Duration time) {
    return everAnswered && System.nanoTime() - answeredAt <= time.toNanos();
  }

  /**
   * @param wallAhead how far our wall clock is ahead of our monotonic one, in microseconds
   */
  synchronized @Nullable ClockOffset clockOffset(long wallAhead) {
    return clock.offset(wallAhead);
  }

  synchronized byte @Nullable [] notice() {
    return notice == null ? null : notice.clone();
  }
}
