package io.ssyncd.log.atomix;

import io.atomix.protocols.raft.storage.log.RaftLogReader;
import io.atomix.protocols.raft.storage.log.RaftLogWriter;
import io.atomix.protocols.raft.storage.log.entry.RaftLogEntry;
import io.atomix.storage.StorageException;
import io.atomix.storage.journal.Indexed;
import io.ssyncd.log.atomix.disk.Runway;
import java.io.IOException;
import java.util.function.LongSupplier;

/**
 * What every entry passes on its way into the log, and every cut. Says what has to be synced, keeps
 * the {@link Runway} clear, and lowers the ledger of what was acknowledged before anything of it is
 * cut off. Only a leader's append cuts: it is of a newer term than what it cuts.
 *
 * <p>On the server's thread.
 */
final class GuardedLogWriter extends RaftLogWriter {
  private final RaftLogWriter to;
  private final RaftLogReader reader;
  private final LongSupplier committed;
  private final Runway runway;
  private final LogEnd end;
  private final LedgerDisk ledger;
  private final Syncer syncer;
  private final LogCounters counters;
  private final Halt halt;

  /**
   * What an entry passes.
   *
   * @param end follows the log
   * @param ledger is lowered
   * @param syncer hears that something was written
   */
  record Guards(
      Runway runway,
      LogEnd end,
      LedgerDisk ledger,
      Syncer syncer,
      LogCounters counters,
      Halt halt) {}

  /**
   * @param reader with which the roles look at the log
   * @param committed the last index that is committed: nothing up to it is ever cut
   * @throws IOException if the log's end cannot be found
   */
  GuardedLogWriter(RaftLogWriter to, RaftLogReader reader, LongSupplier committed, Guards guards)
      throws IOException {
    super(null, null);
    this.to = to;
    this.reader = reader;
    this.committed = committed;
    this.runway = guards.runway;
    this.end = guards.end;
    this.ledger = guards.ledger;
    this.syncer = guards.syncer;
    this.counters = guards.counters;
    this.halt = guards.halt;
    restart();
  }

  private interface Step {
    void run() throws IOException;
  }

  private void guarded(Step step) {
    halt.check();
    try {
      step.run();
    } catch (IOException e) {
      throw halt.now("the log could not be written: " + e, e);
    }
  }

  @Override
  public <T extends RaftLogEntry> Indexed<T> append(T entry) {
    guarded(runway::clear);
    Indexed<T> appended;
    try {
      appended = to.append(entry);
    } catch (StorageException.TooLarge e) {
      counters.tooLarge.increment();
      throw e; // one entry's matter
    } catch (StorageException | InternalError e) {
      // No space for a new file, or within a mapped one: SIGBUS, as the virtual machine tells it.
      // Atomix would lead on, take snapshots of its own, and answer nobody.
      throw halt.now("the log could not be written, probably for want of disk space: " + e, e);
    }
    end.reached(entry.term(), appended.index());
    syncer.written();
    guarded(() -> runway.appended(appended.size()));
    return appended;
  }

  @Override
  public void append(Indexed<RaftLogEntry> entry) {
    throw new UnsupportedOperationException("no role of Atomix' appends at an index");
  }

  @Override
  public void truncate(long index) {
    if (index < to.getLastIndex()) {
      if (index < committed.getAsLong()) {
        // Atomix would say so as well, but only after the ledger was lowered.
        throw new IndexOutOfBoundsException("index " + index + " is committed: it is not cut");
      }
      cut(index);
      to.truncate(index);
      guarded(this::restart);
    }
  }

  /**
   * A leader that sends its log from the log's first entry on has Atomix drop all there is here.
   * What is committed is the same in both, and is kept; what the leader sends may follow it. After
   * a drop the roles' reader may be in a file that is closed, see {@link OpenReaders}; the reader
   * of what is applied is further back than that, and is moved by Atomix.
   */
  @Override
  public void reset(long index) {
    if (index - 1 <= committed.getAsLong() && index - 1 <= to.getLastIndex()) {
      return;
    }
    // The files go first, and nobody knows what the disk holds until the next sync: the snapshot
    // before the index, on which all who vote and stand go as well, see Standing.
    cut(0);
    to.reset(index);
    reader.reset(index);
    end.reached(end.now().term(), to.getLastIndex());
    guarded(this::restart);
  }

  /**
   * What was cut off is gone for good before anything is written over it: the disk may write the
   * parts of a file in any order, and what is written now may end where an old entry begins.
   */
  private void restart() throws IOException {
    if (runway.restart()) {
      ledger.sync();
    }
  }

  private void cut(long index) {
    if (index < to.getLastIndex()) {
      counters.cuts.increment();
    }
    guarded(() -> ledger.cut(index));
    syncer.written();
  }

  @Override
  public long getLastIndex() {
    return to.getLastIndex();
  }

  @Override
  public Indexed<RaftLogEntry> getLastEntry() {
    return to.getLastEntry();
  }

  @Override
  public long getNextIndex() {
    return to.getNextIndex();
  }

  @Override
  public void commit(long index) {
    to.commit(index);
  }

  @Override
  public void flush() {
    to.flush();
  }

  @Override
  public void close() {
    to.close();
  }
}
