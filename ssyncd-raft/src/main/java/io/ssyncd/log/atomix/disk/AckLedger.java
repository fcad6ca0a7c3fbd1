package io.ssyncd.log.atomix.disk;

import io.ssyncd.log.LogRefusedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * How far this member's log was on the disk when it last said so to anybody. A log that is found
 * shorter has lost what others count on: Atomix would take what is left for the whole, and two such
 * members out of three would drop what was committed.
 *
 * <p>It is raised after each sync of the log and before the answer that needed it, and lowered
 * before the log is cut. With {@link io.ssyncd.log.Durability#OS} it is written without a sync, now
 * and then, and is advice only.
 *
 * <p>Thread-safe.
 */
public final class AckLedger implements AutoCloseable {
  /** The file's name in the log's directory. */
  public static final String FILE = "acknowledged";

  private static final int BYTES = 2 * Long.BYTES + 1;

  private final SlotFile file;
  private long term;
  private long index;
  private boolean durable;

  private AckLedger(SlotFile file) throws LogRefusedException {
    this.file = file;
    ByteBuffer record = ByteBuffer.wrap(file.record());
    if (record.remaining() != BYTES) {
      throw new LogRefusedException(file.file() + " is none of this release's");
    }
    this.term = record.getLong();
    this.index = record.getLong();
    this.durable = record.get() != 0;
  }

  /**
   * Opens the ledger, or makes it.
   *
   * @throws LogRefusedException if it is damaged
   */
  public static AckLedger open(Path directory) throws LogRefusedException {
    return new AckLedger(SlotFile.open(directory.resolve(FILE), encode(0, 0, false)));
  }

  /** The term of the entry at {@link #index}, or a later one; 0 if there is none. */
  public synchronized long term() {
    return term;
  }

  /** The last index that was acknowledged; 0 if none was. */
  public synchronized long index() {
    return index;
  }

  /** Whether that index was on the disk, not in the operating system's memory only. */
  public synchronized boolean durable() {
    return durable;
  }

  /**
   * Notes that the log reaches further.
   *
   * @param durably whether it does so on the disk; the note is synced as well then
   */
  public synchronized void raise(long toTerm, long toIndex, boolean durably) throws IOException {
    if (toIndex > index || (durably && !durable && toIndex == index)) {
      write(toTerm, toIndex, durably, durably);
    }
  }

  /** Notes, before it is done, that the log is cut after an index. Durable when this returns. */
  public synchronized void lower(long toIndex) throws IOException {
    if (toIndex < index) {
      write(term, toIndex, durable, true);
    }
  }

  private void write(long newTerm, long newIndex, boolean newDurable, boolean sync)
      throws IOException {
    file.write(encode(newTerm, newIndex, newDurable), sync);
    term = newTerm;
    index = newIndex;
    durable = newDurable;
  }

  private static byte[] encode(long term, long index, boolean durable) {
    return ByteBuffer.allocate(BYTES)
        .putLong(term)
        .putLong(index)
        .put((byte) (durable ? 1 : 0))
        .array();
  }

  @Override
  public synchronized void close() throws IOException {
    file.close();
  }
}
