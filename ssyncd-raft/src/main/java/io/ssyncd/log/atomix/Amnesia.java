package io.ssyncd.log.atomix;

import io.ssyncd.log.LogConfig;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a member that lost its directory owes the others: it does not know any more which entries it
 * acknowledged, so it must not help to elect somebody who lacks them. It asked the others where
 * their logs end, and until its own reaches as far, it votes only for a log that does, and stands
 * for no election. Kept in a file until then. On the server's thread.
 */
final class Amnesia {
  static final String FILE = "owed";
  static final int MAX_BYTES = 2 * Long.BYTES;
  private static final Logger log = LoggerFactory.getLogger(Amnesia.class);

  private final SmallFile file;
  private @Nullable LastEntry owed;

  /**
   * @throws IllegalArgumentException if the kept file makes no sense
   */
  Amnesia(LogConfig config) {
    file = new SmallFile(config.directory(), FILE, MAX_BYTES);
    byte[] kept = file.read();
    owed = kept == null ? null : LastEntry.decode(kept);
  }

  /** Owes this much from now on. */
  void owe(LastEntry end) {
    file.write(end.encode());
    owed = end;
  }

  /** Whether this member may stand for election: its log has become as long as it owes. */
  boolean mayStand(LastEntry own) {
    LastEntry end = owed;
    if (end == null) {
      return true;
    }
    if (!own.reaches(end)) {
      return false;
    }
    log.info("the log is filled up to entry {}: this member votes as others do", own.index());
    file.delete();
    owed = null;
    return true;
  }

  /** Whether this member may vote for a candidate with such a log. */
  boolean mayVote(LastEntry own, LastEntry candidate) {
    LastEntry end = owed;
    return end == null || mayStand(own) || candidate.reaches(end);
  }
}
