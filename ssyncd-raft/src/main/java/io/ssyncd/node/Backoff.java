package io.ssyncd.node;

/** How long to wait before the next try: doubled each time up to a bound. Of one thread. */
final class Backoff {
  private final long firstMs;
  private final long mostMs;
  private long nextMs;

  Backoff(long firstMs, long mostMs) {
    this.firstMs = firstMs;
    this.mostMs = mostMs;
    this.nextMs = firstMs;
  }

  long nextMs() {
    long now = nextMs;
    nextMs = Math.min(mostMs, nextMs * 2);
    return now;
  }

  void reset() {
    nextMs = firstMs;
  }
}
