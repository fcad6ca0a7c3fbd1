package io.ssyncd.node;

import io.ssyncd.log.Committed;
import io.ssyncd.log.LogUnavailableException;
import io.ssyncd.log.ReplicatedLog;
import io.ssyncd.table.SessionTable;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Entries one after the other, each of them known to be applied here before the next. */
final class PatientCommits {
  private final ReplicatedLog raft;
  private final SessionTable table;
  private final NodeTuning tuning;

  PatientCommits(ReplicatedLog raft, SessionTable table, NodeTuning tuning) {
    this.raft = raft;
    this.table = table;
    this.tuning = tuning;
  }

  /**
   * Proposes until the log answers, so perhaps more than once; blocks.
   *
   * @throws LogUnavailableException if it is not known to be committed in time
   */
  Committed commit(byte[] entry, Duration most)
      throws LogUnavailableException, InterruptedException {
    long until = System.nanoTime() + most.toNanos();
    Backoff backoff = new Backoff(tuning.proposeRetry(), tuning.proposeRetryMost());
    while (true) {
      Throwable error;
      try {
        Committed committed = raft.propose(entry).get(most.toMillis(), TimeUnit.MILLISECONDS);
        long unused =
            table.awaitApplied(committed.index()).get(most.toMillis(), TimeUnit.MILLISECONDS);
        return committed;
      } catch (ExecutionException | TimeoutException | RejectedExecutionException e) {
        error = e instanceof ExecutionException ? Cause.of(e) : e;
      }
      boolean again =
          error instanceof LogUnavailableException || error instanceof RejectedExecutionException;
      if (!again || System.nanoTime() - until >= 0) {
        throw new LogUnavailableException(
            "not committed within " + most.toSeconds() + " s: " + Cause.text(error), error);
      }
      Thread.sleep(backoff.next().toMillis());
    }
  }
}
