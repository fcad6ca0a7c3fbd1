package io.ssyncd.node.history;

import io.ssyncd.log.EntryCodec;
import io.ssyncd.log.LogCursor;
import io.ssyncd.log.LogSlice;
import io.ssyncd.log.LogUnavailableException;
import io.ssyncd.log.LoggedEntry;
import io.ssyncd.log.MalformedEntryException;
import io.ssyncd.log.ReplicatedLog;
import io.ssyncd.session.Interner;
import io.ssyncd.session.SessionKey;
import java.util.Collection;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.function.Predicate;

/**
 * Reads the log for what it tells of records: all of it, some 256 MiB at most, which takes seconds.
 * One reads at a time; more wait, up to {@value #MAX_WAITING}. Thread-safe.
 */
public final class Histories {
  /** Records of one answer. */
  public static final int MAX_RECORDS = 100;

  /** Changes of one record that are told. */
  public static final int MAX_CHANGES = 1_000;

  private static final int MAX_WAITING = 4;

  private final ReplicatedLog log;
  private final Semaphore places = new Semaphore(1 + MAX_WAITING);
  private final Semaphore reading = new Semaphore(1, true);

  /** Histories of what this log has. */
  public Histories(ReplicatedLog log) {
    this.log = log;
  }

  /**
   * Reads. Blocks.
   *
   * @param who whose records
   * @param held those of them that the table holds now
   * @param mostChanges how many changes of each are told: the newest, up to {@link #MAX_CHANGES}
   * @throws LogUnavailableException if the log is not running, or too many read
   */
  public LogHistory read(Predicate<SessionKey> who, Collection<SessionKey> held, int mostChanges)
      throws LogUnavailableException, InterruptedException {
    if (!places.tryAcquire()) {
      throw new LogUnavailableException("others read the log already: try again");
    }
    try {
      reading.acquire();
      try (LogCursor cursor = log.read()) {
        return read(
            cursor,
            new HistoryScan(
                who, held, MAX_RECORDS, Math.max(1, Math.min(mostChanges, MAX_CHANGES))));
      } finally {
        reading.release();
      }
    } finally {
      places.release();
    }
  }

  private static LogHistory read(LogCursor cursor, HistoryScan scan)
      throws LogUnavailableException, InterruptedException {
    Interner interner = new Interner();
    long from = 1;
    long next = 1;
    while (true) {
      LogSlice slice = next(cursor);
      if (slice.begin() != next) {
        from = slice.begin();
        scan.begin(from);
      }
      for (LoggedEntry entry : slice.entries()) {
        try {
          scan.entry(entry.index(), entry.atMs(), EntryCodec.decode(entry.entry(), interner));
        } catch (MalformedEntryException e) {
          // The table skipped it as well, and said so.
          continue;
        }
      }
      next = slice.next();
      if (slice.end()) {
        return new LogHistory(from, next - 1, scan.end(), scan.more());
      }
    }
  }

  private static LogSlice next(LogCursor cursor)
      throws LogUnavailableException, InterruptedException {
    try {
      return cursor.next().get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof LogUnavailableException unavailable
          ? unavailable
          : new LogUnavailableException("the log cannot be read: " + e.getCause(), e);
    }
  }
}
