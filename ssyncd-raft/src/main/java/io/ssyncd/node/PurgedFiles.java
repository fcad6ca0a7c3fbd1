package io.ssyncd.node;

import io.ssyncd.log.Entry;
import io.ssyncd.log.Outcome;
import io.ssyncd.log.ReplicatedLog;
import io.ssyncd.table.TableListener;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rids this member's files of what was purged: when the end of a purge is applied, a snapshot is
 * taken, which lets go of the log and of the snapshot before it. A member that was down does so
 * when it applies that entry later, or is sent a snapshot instead. Thread-safe.
 */
final class PurgedFiles implements TableListener {
  private static final Logger log = LoggerFactory.getLogger(PurgedFiles.class);

  private final ReplicatedLog raft;
  private final AtomicLong done = new AtomicLong();

  PurgedFiles(ReplicatedLog raft) {
    this.raft = raft;
  }

  /** The end of the newest purge of which the files hold nothing any more; 0 if there was none. */
  long index() {
    return done.get();
  }

  @Override
  public void applied(long index, @Nullable Entry entry, Outcome outcome) {
    if (entry instanceof Entry.Purge purge && purge.last()) {
      CompletableFuture<Void> taken;
      try {
        taken = raft.snapshot();
      } catch (RuntimeException e) {
        taken = CompletableFuture.failedFuture(e);
      }
      var unused = taken.whenComplete((ok, error) -> taken(index, error));
    }
  }

  private void taken(long index, @Nullable Throwable error) {
    if (error == null) {
      done.accumulateAndGet(index, Math::max);
      log.info("the files of the log hold nothing any more of what was purged up to {}", index);
    } else {
      log.warn(
          "no snapshot after the purge that ended at {}: the log's files may hold what was purged"
              + " until the next one: {}",
          index,
          Cause.text(Cause.of(error)));
    }
  }
}
