package io.ssyncd.source.pair;

import io.ssyncd.node.HostClock;
import io.ssyncd.session.HttpKey;
import io.ssyncd.session.HttpSession;
import io.ssyncd.session.Mutation;
import io.ssyncd.source.pound.FarmConfig;
import io.ssyncd.table.TableView;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The sessions of an import: which of them the cluster needs to hear of. Not thread-safe. */
final class ImportedSessions {
  /** One byte of an id is all that the original sends. */
  private static final int ID_VALUES = 256;

  private final TableView table;
  private final ImportOptions options;
  private final HostClock clock;
  private final Map<String, Optional<FarmConfig>> farms = new HashMap<>();
  final Tally tally = new Tally();
  private long lagMs = Long.MAX_VALUE;

  /** When each was used last, as the old master told. */
  private final Map<HttpKey, Long> toldMs = new HashMap<>();

  ImportedSessions(TableView table, ImportOptions options, HostClock clock) {
    this.table = table;
    this.options = options;
    this.clock = clock;
  }

  /**
   * What to tell the cluster of a session; null for nothing, which is counted. Whether it was new
   * is for the caller to count.
   */
  @Nullable HttpSession take(PairFrame.Session frame, boolean live) {
    HttpSession session = frame.session();
    long now = clock.millis();
    if (live) {
      lagMs = Math.min(lagMs, now - session.lastAccessMs());
    }
    FarmConfig config = farm(session.key().farm());
    if (config != null && isAmbiguous(session, config)) {
      tally.refused("ambiguous-id");
      return null;
    }
    if (toldMs.size() < PairImport.MAX_TRACKED || toldMs.containsKey(session.key())) {
      toldMs.put(session.key(), session.lastAccessMs());
    }
    if (isExpired(session, now)) {
      tally.expired++;
      return null;
    }
    if (table.get(session.key()) instanceof HttpSession known) {
      return changed(session, known);
    }
    return session;
  }

  private @Nullable HttpSession changed(HttpSession session, HttpSession known) {
    long newer = session.lastAccessMs() - known.lastAccessMs();
    if (session.equals(known)) {
      tally.unchanged++;
      return null;
    }
    if (newer < 0) {
      tally.older++;
      return null;
    }
    boolean moved =
        session.backend() != known.backend() || !session.address().equals(known.address());
    if (!moved && newer < options.thinning().intervalMs(ttlMs(session.key()))) {
      tally.thinned++;
      return null;
    }
    return session;
  }

  /** When it was used last, as the old master told; empty if it did not, or too many were told. */
  OptionalLong toldMs(HttpKey key) {
    Long told = toldMs.get(key);
    return told == null ? OptionalLong.empty() : OptionalLong.of(told);
  }

  /** It is gone. */
  void remove(HttpKey key) {
    toldMs.remove(key);
  }

  /** Whether a deletion of that session is one at its time. */
  boolean isOver(HttpKey key) {
    return table.get(key) instanceof HttpSession known && isExpired(known, clock.millis());
  }

  private boolean isExpired(HttpSession session, long now) {
    long ttl = ttlMs(session.key());
    return ttl > 0
        && session.lastAccessMs() / 1000 + ttl / 1000 < now / 1000
        && !clock.wasSetForwardWithin(ttl);
  }

  /** Where a listener has more services than a byte tells apart, an id may be another's. */
  private static boolean isAmbiguous(HttpSession session, FarmConfig config) {
    if (config.listeners().size() > ID_VALUES) {
      return true;
    }
    long listener = session.key().listener();
    if (listener >= config.listeners().size()) {
      return false;
    }
    FarmConfig.Listener of = config.listeners().get((int) listener);
    FarmConfig.Service service = config.service(session.key());
    return of.services().size() > ID_VALUES
        || service != null && service.backends().size() > ID_VALUES;
  }

  private long ttlMs(HttpKey key) {
    FarmConfig config = farm(key.farm());
    return config == null ? 0 : config.ttl(key).map(ttl -> ttl.toMillis()).orElse(0L);
  }

  private @Nullable FarmConfig farm(String name) {
    if (!farms.containsKey(name) && farms.size() >= FARMS) {
      farms.clear();
    }
    return farms.computeIfAbsent(name, options.farms()).orElse(null);
  }

  /** How many farms' configurations are remembered. */
  private static final int FARMS = 1024;

  /** See {@link ImportReport.Time#sessionLagMs}. */
  OptionalLong lagMs() {
    return lagMs == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(lagMs);
  }

  static Mutation put(HttpSession session) {
    return new Mutation.Put(session);
  }
}
