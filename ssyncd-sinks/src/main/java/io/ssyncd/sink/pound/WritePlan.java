package io.ssyncd.sink.pound;

import io.ssyncd.node.Reason;
import io.ssyncd.node.ScopeReport;
import io.ssyncd.session.HttpKey;
import io.ssyncd.session.HttpSession;
import io.ssyncd.session.KeyName;
import io.ssyncd.session.SessionRecord;
import io.ssyncd.source.pound.Dump;
import io.ssyncd.source.pound.FarmConfig;
import io.ssyncd.source.pound.FarmFile;
import io.ssyncd.source.pound.Mirror;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is missing or older in a Pound, and what of that may be written to it.
 *
 * @param wanted to be written
 * @param inPlace how many are there already, as new or newer
 * @param known how many of the table's are there at all
 */
record WritePlan(List<HttpSession> wanted, long inPlace, long known) {

  /**
   * Compares.
   *
   * @param records what the cluster holds of the farm
   * @param mirror what Pound holds, as of {@code dump}
   * @param description what the farm's configuration allows
   * @param tally gets what is in place and what is refused
   */
  static WritePlan of(
      List<SessionRecord> records,
      Mirror mirror,
      Dump dump,
      FarmFile.Description description,
      long nowMs,
      ScopeReport.Tally tally) {
    List<HttpSession> wanted = new ArrayList<>();
    long inPlace = 0;
    long known = 0;
    for (SessionRecord record : records) {
      HttpSession session = (HttpSession) record;
      HttpSession there = mirror.get(session.key(), dump);
      if (there != null) {
        known++;
      }
      if (there != null && asNew(there, session)) {
        inPlace++;
        continue;
      }
      if (isAllowed(description, session, nowMs, tally)) {
        wanted.add(session);
      }
    }
    tally.unchanged(inPlace);
    return new WritePlan(wanted, inPlace, known);
  }

  /** Whether a session may be written; if not, that is counted, with the reason. */
  private static boolean isAllowed(
      FarmFile.Description description, HttpSession session, long nowMs, ScopeReport.Tally tally) {
    FarmConfig config = description.config();
    Reason whole = description.reason();
    if (config == null || whole != null) {
      tally.refused(whole == null ? Reason.NO_CONFIGURATION : whole, description.text());
      return false;
    }
    Optional<Reason> reason = config.refusal(session, nowMs);
    reason.ifPresent(why -> tally.refused(why, () -> where(session)));
    return reason.isEmpty();
  }

  /** Where a session is and which one, without its key: that may be a secret. */
  static String where(HttpSession session) {
    HttpKey key = session.key();
    return "listener "
        + key.listener()
        + " service "
        + key.service()
        + " backend "
        + session.backend()
        + " at "
        + session.address().latin1()
        + ", session "
        + KeyName.of(key.key());
  }

  /**
   * Whether Pound has a session as new as the cluster has it. A newer one in Pound wins, whatever
   * its backend; of equally old ones the cluster's backend does. Pound keeps whole seconds.
   */
  static boolean asNew(HttpSession there, HttpSession wanted) {
    long ahead = seconds(there) - seconds(wanted);
    return ahead > 0
        || (ahead == 0
            && there.backend() == wanted.backend()
            && there.address().equals(wanted.address()));
  }

  private static long seconds(HttpSession session) {
    return Math.floorDiv(session.lastAccessMs(), 1000L);
  }
}
