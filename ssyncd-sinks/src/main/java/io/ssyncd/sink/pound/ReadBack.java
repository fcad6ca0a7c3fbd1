package io.ssyncd.sink.pound;

import io.ssyncd.node.Reason;
import io.ssyncd.node.ScopeReport;
import io.ssyncd.session.Bytes;
import io.ssyncd.session.HttpKey;
import io.ssyncd.session.HttpSession;
import io.ssyncd.source.pound.Dump;
import io.ssyncd.source.pound.FarmConfig;
import io.ssyncd.source.pound.Mirror;
import io.ssyncd.source.pound.Poundctl;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Holds what a Pound was found to have against what was written. The dump knows keys, backends and
 * times; Pound's tool, where there is one, knows keys and backends, and by another way: a session
 * has to be in its list, however the dump came out.
 *
 * @param mirror what the dump, and Pound's words since, said
 * @param listing what the tool said; null without one
 * @param config tells what has expired meanwhile
 */
record ReadBack(
    Mirror mirror, Dump after, @Nullable Listing listing, @Nullable FarmConfig config, long nowMs) {

  /** Counts a session as applied, mismatched or expired. */
  void judge(HttpSession wanted, ScopeReport.Tally tally) {
    HttpSession there = mirror.get(wanted.key(), after);
    boolean asNew = there != null && WritePlan.asNew(there, wanted);
    Long listed = listing == null ? null : listing.backend(wanted.key());
    boolean present = listed == null ? there != null : listed != Listing.NOWHERE;
    if (!present) {
      missing(wanted, listed != null, tally);
    } else if (there != null && !asNew) {
      tally.mismatched("read back otherwise: " + WritePlan.where(wanted));
    } else if (listed != null && listed != (there == null ? wanted : there).backend()) {
      tally.mismatched("poundctl lists it at backend " + listed + ": " + WritePlan.where(wanted));
    } else {
      tally.applied(1);
    }
  }

  private void missing(HttpSession wanted, boolean byTool, ScopeReport.Tally tally) {
    boolean expired =
        config != null && config.refusal(wanted, nowMs).orElse(null) == Reason.EXPIRED;
    if (expired) {
      tally.refused(Reason.EXPIRED, () -> WritePlan.where(wanted));
    } else {
      tally.mismatched(
          (byTool ? "poundctl does not list it: " : "not there: ") + WritePlan.where(wanted));
    }
  }

  /** Of the written sessions, at which backends the tool lists them. */
  static final class Listing implements Poundctl.Sessions {
    private static final long NOWHERE = -1;

    private final String farm;
    private final Map<HttpKey, Long> backends = new HashMap<>();

    /** Nothing is listed yet. */
    Listing(String farm, List<HttpSession> written) {
      this.farm = farm;
      for (HttpSession session : written) {
        // Longer keys are no business of the tool's.
        if (session.key().key().length() <= Poundctl.MAX_KEY_BYTES) {
          backends.put(session.key(), NOWHERE);
        }
      }
    }

    @Override
    public void session(long listener, long service, Bytes key, long backend) {
      if (key.length() <= HttpKey.MAX_KEY_BYTES) {
        backends.computeIfPresent(
            new HttpKey(farm, listener, service, key), (known, before) -> backend);
      }
    }

    /** The backend's position, {@link #NOWHERE} if it is not listed; null if that is not known. */
    @Nullable Long backend(HttpKey key) {
      return backends.get(key);
    }
  }
}
