package io.ssyncd.source.pound;

import java.time.Duration;

/**
 * How far a session's last access has to move before the cluster is told. Persistence needs it only
 * to within a fraction of the service's TTL, and 100,000 busy sessions would else be 100,000
 * changes a second.
 *
 * <p>Never more than half of the TTL, or a second, whatever is asked for: a new leader takes a
 * session for as old as the cluster was told, and would let one expire that was used all the time.
 *
 * @param least a refresh is told when it moved by so much, at least
 * @param fraction of the TTL that may pass untold: 20 is a twentieth; 2 or more
 * @param unknownTtl how far it has to move where the service's TTL is not known
 */
public record Thinning(Duration least, int fraction, Duration unknownTtl) {
  /** Every second at most, a twentieth of the TTL, 5 s where that is not known. */
  public static final Thinning DEFAULT =
      new Thinning(Duration.ofSeconds(1), 20, Duration.ofSeconds(5));

  /** Pound tells whole seconds, and of a session once in one. */
  private static final long POUND_TICK_MS = 1_000;

  public Thinning {
    if (least.isNegative() || unknownTtl.isNegative()) {
      throw new IllegalArgumentException("a thinning interval is not negative");
    }
    if (fraction < 2) {
      throw new IllegalArgumentException("a fraction of the TTL is 2 or more, not " + fraction);
    }
  }

  /**
   * The interval for a service.
   *
   * @param ttlMs its TTL in milliseconds; 0 or less where it is not known
   * @return milliseconds
   */
  public long intervalMs(long ttlMs) {
    if (ttlMs <= 0) {
      return Math.max(least.toMillis(), unknownTtl.toMillis());
    }
    long most = Math.max(POUND_TICK_MS, ttlMs / 2);
    return Math.min(most, Math.max(least.toMillis(), ttlMs / fraction));
  }
}
