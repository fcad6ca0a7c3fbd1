package io.ssyncd.log.atomix;

import io.ssyncd.log.atomix.disk.AckLedger;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A disk that notes in the {@link AckLedger} how far the log is on it, after each sync and before
 * anybody hears of it. Cutting the log waits for a sync that runs, so that the ledger is never
 * above the log.
 */
final class LedgerDisk implements Syncer.Disk {
  private final Syncer.@Nullable Disk disk;
  private final LogEnd end;
  private final AckLedger acks;

  /**
   * @param disk null if the operating system's memory is durable enough
   */
  LedgerDisk(Syncer.@Nullable Disk disk, LogEnd end, AckLedger acks) {
    this.disk = disk;
    this.end = end;
    this.acks = acks;
  }

  @Override
  public synchronized void sync() throws IOException {
    LogEnd.Position reached = end.now();
    if (disk != null) {
      disk.sync();
    }
    acks.raise(reached.term(), reached.index(), disk != null);
  }

  /** Notes without a sync how far the log is, if nothing is ever synced: for advice only. */
  void note() throws IOException {
    if (disk == null) {
      sync();
    }
  }

  /** Notes that the log is cut after an index, or begun anew after it, before it is. */
  synchronized void cut(long index) throws IOException {
    end.cut(index);
    acks.lower(index);
    if (disk != null) {
      disk.cut();
    }
  }
}
