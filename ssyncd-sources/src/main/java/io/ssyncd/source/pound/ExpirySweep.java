package io.ssyncd.source.pound;

import io.ssyncd.session.HttpKey;
import io.ssyncd.session.HttpSession;
import io.ssyncd.session.SessionRecord;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds sessions that outlived TTL, thinning interval and the longest wait for Pound's sweep, see
 * {@link PoundLinkConfig.Expiry}: no Pound will delete them any more, for the one that held them
 * died, or its notice was lost. Sessions of services whose TTL is not known never expire here.
 */
final class ExpirySweep {
  /** The most removals of one look; the rest waits for the next. */
  static final int MAX_REMOVALS = 10_000;

  private final FarmFile farm;
  private final Mirror mirror;
  private final PoundLinkConfig config;
  private final long nowMs;
  private int spared;

  ExpirySweep(FarmFile farm, Mirror mirror, PoundLinkConfig config) {
    this.farm = farm;
    this.mirror = mirror;
    this.config = config;
    this.nowMs = config.clock().millis();
  }

  /** How many only look outlived, or may, because the clock was set forward. */
  int spared() {
    return spared;
  }

  /** The keys of those among the table's records, at most {@link #MAX_REMOVALS}. */
  List<HttpKey> outlived(List<SessionRecord> records) {
    List<HttpKey> keys = new ArrayList<>();
    for (SessionRecord record : records) {
      HttpSession session = (HttpSession) record;
      if (outlived(session) && stillOutlived(session.key())) {
        keys.add(session.key());
        if (keys.size() >= MAX_REMOVALS) {
          break;
        }
      }
    }
    return keys;
  }

  /** False if Pound told of a use since, which may not have reached the table yet. */
  boolean stillOutlived(HttpKey key) {
    HttpSession told = mirror.get(key);
    return told == null || outlived(told);
  }

  private boolean outlived(HttpSession session) {
    long ttl = farm.ttlMs(session.key());
    if (ttl <= 0) {
      return false;
    }
    long life = ttl + config.thinning().intervalMs(ttl) + config.expiry().grace().toMillis();
    if (session.lastAccessMs() + life >= nowMs) {
      return false;
    }
    boolean spare = config.clock().wasSetForwardWithin(life);
    spared += spare ? 1 : 0;
    return !spare;
  }
}
