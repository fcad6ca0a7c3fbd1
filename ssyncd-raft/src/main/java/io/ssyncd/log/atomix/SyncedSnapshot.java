package io.ssyncd.log.atomix;

import io.atomix.protocols.raft.storage.snapshot.Snapshot;
import io.atomix.protocols.raft.storage.snapshot.SnapshotDescriptor;
import io.atomix.protocols.raft.storage.snapshot.SnapshotReader;
import io.atomix.protocols.raft.storage.snapshot.SnapshotWriter;
import io.atomix.storage.buffer.Buffer;
import io.atomix.storage.buffer.FileBuffer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A snapshot in a file of Atomix' format, see {@link SnapshotCheck}, that is written and synced
 * under a name of its own and gets its final one when it counts: a file of the final name is whole,
 * whenever the power goes.
 *
 * <p>Written by one thread at a time; once it counts, read by any.
 */
final class SyncedSnapshot extends Snapshot {
  private static final Logger log = LoggerFactory.getLogger(SyncedSnapshot.class);

  private static final int INDEX_AT = 0;
  private static final int TIME_AT = Long.BYTES;
  private static final int VERSION_AT = 2 * Long.BYTES;
  private static final int COMPLETE_AT = VERSION_AT + Integer.BYTES;
  private static final int CONTENT_AT = SnapshotDescriptor.BYTES + Integer.BYTES;

  private final SyncedSnapshots all;
  private final Path file;
  private final Path growing;
  private final Syncer.Disk names;
  private final Halt halt;
  private volatile boolean settled;

  /**
   * @param file its final name
   * @param number tells it from others of this index that this process writes
   */
  SyncedSnapshot(
      SnapshotDescriptor descriptor,
      SyncedSnapshots all,
      Path file,
      long number,
      Syncer.Disk names,
      Halt halt) {
    super(descriptor, all);
    this.all = all;
    this.file = file;
    this.growing = SnapshotFiles.growing(file, number);
    this.names = names;
    this.halt = halt;
  }

  @Override
  public SnapshotWriter openWriter() {
    checkWriter();
    try {
      Buffer buffer = FileBuffer.allocate(growing.toFile(), SnapshotDescriptor.BYTES);
      return openWriter(new Writer(buffer.position(CONTENT_AT).mark()), descriptor);
    } catch (RuntimeException e) {
      throw failed(e);
    }
  }

  /**
   * Halts the member when one cannot be written: after a failure Atomix would be sent the last part
   * of it again, and put it behind the same part.
   */
  private final class Writer extends SnapshotWriter {
    Writer(Buffer to) {
      super(to, SyncedSnapshot.this);
    }

    /** How Atomix writes one that it was sent. */
    @Override
    public SnapshotWriter write(byte[] bytes, int offset, int length) {
      halt.check();
      try {
        return super.write(bytes, offset, length);
      } catch (RuntimeException e) {
        throw failed(e);
      }
    }

    @Override
    public void close() {
      try {
        super.close();
      } catch (RuntimeException e) {
        throw failed(e);
      }
    }
  }

  private Halt.HaltedError failed(Exception cause) {
    return halt.now("the snapshot at index " + index() + " could not be kept: " + cause, cause);
  }

  /** Syncs the bytes; that they are all there is said by the name later. */
  @Override
  protected void closeWriter(SnapshotWriter writer) {
    Buffer buffer = writer.buffer();
    int length = buffer.position() - CONTENT_AT;
    buffer
        .writeLong(INDEX_AT, index())
        .writeLong(TIME_AT, timestamp().unixTimestamp())
        .writeInt(VERSION_AT, SnapshotDescriptor.VERSION)
        .writeBoolean(COMPLETE_AT, true)
        .writeInt(SnapshotDescriptor.BYTES, length)
        .flush();
    super.closeWriter(writer);
  }

  @Override
  public Snapshot complete() {
    all.count(this);
    return this;
  }

  /** Gives the file its final name. */
  void settle() {
    halt.check();
    try {
      Files.move(growing, file, StandardCopyOption.ATOMIC_MOVE);
      settled = true;
      names.sync();
    } catch (IOException e) {
      throw failed(e);
    }
  }

  @Override
  public SnapshotReader openReader() {
    Buffer buffer =
        FileBuffer.allocate(file.toFile(), "r", SnapshotDescriptor.BYTES, Integer.MAX_VALUE);
    SnapshotDescriptor found = new SnapshotDescriptor(buffer);
    int length = buffer.position(SnapshotDescriptor.BYTES).readInt();
    return openReader(new SnapshotReader(buffer.mark().limit(CONTENT_AT + length), this), found);
  }

  @Override
  public boolean isPersisted() {
    return true;
  }

  /** Called for one that does not count, or does no longer. */
  @Override
  public void delete() {
    try {
      Files.deleteIfExists(settled ? file : growing);
    } catch (IOException e) {
      log.warn("{} could not be deleted; the next start does", settled ? file : growing, e);
    }
  }
}
