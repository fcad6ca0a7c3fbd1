package io.ssyncd.source.pound;

import java.time.Duration;

/**
 * How far a session's last access has to move before the cluster is told. Persistence needs it only
 * to within a fraction of the service's TTL, and 100,000 busy sessions would else be 100,000
 * changes a second.
 *
 * @param least a refresh is never told more often than this
 * @param fraction of the TTL that may pass untold: 20 is a twentieth
 * @param unknownTtl how far it has to move where the service's TTL is not known
 */
public record Thinning(Duration least, int fraction, Duration unknownTtl) {
  /** Every second at most, a twentieth of the TTL, 5 s where that is not known. */
  public static final Thinning DEFAULT =
      new Thinning(Duration.ofSeconds(1), 20, Duration.ofSeconds(5));

  public Thinning {
    if (least.isNegative() || unknownTtl.isNegative()) {
      throw new IllegalArgumentException("a thinning interval is not negative");
    }
    if (fraction < 1) {
      throw new IllegalArgumentException("a fraction of the TTL is 1 or more, not " + fraction);
    }
  }

  /**
   * The interval for a service.
   *
   * @param ttlMs its TTL in milliseconds; 0 or less where it is not known
   * @return milliseconds
   */
  public long intervalMs(long ttlMs) {
    return ttlMs <= 0 ? unknownTtl.toMillis() : Math.max(least.toMillis(), ttlMs / fraction);
  }
}
