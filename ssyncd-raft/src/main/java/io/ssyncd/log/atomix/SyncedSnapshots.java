package io.ssyncd.log.atomix;

import io.atomix.protocols.raft.storage.RaftStorage;
import io.atomix.protocols.raft.storage.snapshot.Snapshot;
import io.atomix.protocols.raft.storage.snapshot.SnapshotDescriptor;
import io.atomix.protocols.raft.storage.snapshot.SnapshotStore;
import io.atomix.utils.time.WallClockTimestamp;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The snapshots of a member, its own and those that a leader sends: one counts only when it is
 * whole, and survives a loss of power, its name included; the one before it is deleted only then.
 *
 * <p>Atomix 3.1.12 writes a snapshot under its final name. If there is one of this index that is
 * not finished, as when a member is about to finish its own and is sent the leader's, the second
 * ends up behind what is left of the first; and whichever is finished last is deleted as a
 * duplicate, which it shares its file with. And it remembers each one that it ever had.
 *
 * <p>Thread-safe.
 */
final class SyncedSnapshots extends SnapshotStore {
  private final RaftStorage storage;
  private final Syncer.Disk names;
  private final Halt halt;
  private final AtomicLong number = new AtomicLong();

  /** Not set here: Atomix' constructor has done so by then. */
  private volatile @Nullable Snapshot current;

  /**
   * Reads what is there.
   *
   * @param names makes new names in the directory last
   */
  SyncedSnapshots(RaftStorage storage, Syncer.Disk names, Halt halt) {
    super(storage);
    this.storage = storage;
    this.names = names;
    this.halt = halt;
  }

  @Override
  public Snapshot newSnapshot(long index, WallClockTimestamp timestamp) {
    SnapshotDescriptor descriptor =
        SnapshotDescriptor.builder()
            .withIndex(index)
            .withTimestamp(timestamp.unixTimestamp())
            .build();
    return new SyncedSnapshot(
        descriptor,
        this,
        SnapshotFiles.of(storage.directory().toPath(), index),
        number.incrementAndGet(),
        names,
        halt);
  }

  @Override
  public @Nullable Snapshot getCurrentSnapshot() {
    return current;
  }

  @Override
  public @Nullable Snapshot getSnapshot(long index) {
    Snapshot now = current;
    return now != null && now.index() == index ? now : null;
  }

  /** Also called by the constructor above, with what is there. */
  @Override
  protected synchronized void completeSnapshot(Snapshot snapshot) {
    Snapshot before = current;
    if (before != null && before.index() >= snapshot.index()) {
      snapshot.close();
      snapshot.delete();
      return;
    }
    if (snapshot instanceof SyncedSnapshot fresh) {
      fresh.settle();
    }
    current = snapshot;
    if (before != null) {
      before.close();
      before.delete();
    }
  }

  /** What {@link SyncedSnapshot#complete} cannot call itself. */
  void count(SyncedSnapshot snapshot) {
    completeSnapshot(snapshot);
  }
}
