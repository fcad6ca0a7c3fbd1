package io.ssyncd.log.atomix;

import io.atomix.protocols.raft.RaftServer;
import io.atomix.protocols.raft.cluster.impl.RaftMemberContext;
import io.atomix.protocols.raft.impl.RaftContext;
import io.atomix.protocols.raft.service.RaftServiceContext;
import io.atomix.protocols.raft.storage.snapshot.Snapshot;
import io.atomix.protocols.raft.storage.snapshot.SnapshotWriter;
import io.atomix.utils.serializer.Serializer;
import io.atomix.utils.time.WallClockTimestamp;
import io.ssyncd.log.LogUnavailableException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes snapshots and drops the log before them, so that the log is bounded: a snapshot is taken
 * once the files of the log hold more than a bound and more than the last snapshot, which also
 * bounds the writing to twice the log's.
 *
 * <p>A snapshot streams into a file, on the thread that applies, and counts only when that is whole
 * and has its name, see {@link SyncedSnapshots}. It gets it when the next entry has been applied,
 * since Atomix reads a snapshot back in when it is about to apply the entry after it, and when the
 * members in reach have gone past it, since it sends them a snapshot instead of the few entries
 * they lack otherwise.
 *
 * <p>Runs on the server's thread, but for {@link #write} and the naming, which are on the one that
 * applies, and for {@link #now} and {@link #end}, which are for any.
 */
final class SnapshotTaker {
  private static final Logger log = LoggerFactory.getLogger(SnapshotTaker.class);

  /** How long the other members and the next entry are waited for. */
  private static final long RIPE_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final RaftContext context;
  private final LogFiles files;
  private final long boundBytes;
  private final Halt halt;
  private final List<CompletableFuture<Void>> waiting = new ArrayList<>();
  private final List<CompletableFuture<Void>> waitingForNext = new ArrayList<>();
  private final Set<CompletableFuture<Void>> open = ConcurrentHashMap.newKeySet();
  private volatile boolean ended;
  private Runnable onTaken = () -> {};
  private boolean writing;
  private @Nullable Taken taken;
  private long lastBytes;
  private volatile long ownIndex;

  private record Taken(Snapshot snapshot, long bytes, long at) {}

  /**
   * @param files the directory of log and snapshots
   * @param boundBytes above which a snapshot is taken
   */
  SnapshotTaker(RaftContext context, LogFiles files, long boundBytes, Halt halt) {
    this.context = context;
    this.files = files;
    this.boundBytes = boundBytes;
    this.halt = halt;
  }

  /** Looks whether there is anything to do. */
  void tick() {
    Taken ripening = taken;
    if (ripening != null) {
      if (ripe(ripening)) {
        taken = null;
        complete(ripening);
      }
    } else if (!writing && (!waiting.isEmpty() || due())) {
      begin();
    }
  }

  /**
   * Takes a snapshot soon, whatever the log's size.
   *
   * @param nudge puts an entry into the log, so that a snapshot of an idle log becomes ripe
   * @return done once a snapshot that is taken after this call counts, and the log before is gone;
   *     or fails with {@link LogUnavailableException} if the log ends before
   */
  CompletableFuture<Void> now(Runnable nudge) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    open.add(done);
    var unused = done.whenComplete((ok, error) -> open.remove(done));
    try {
      context.getThreadContext().execute(() -> wanted(done, nudge));
    } catch (RejectedExecutionException e) {
      log.debug("a snapshot was wanted after the end", e);
    }
    if (ended) {
      end();
    }
    return done;
  }

  private void wanted(CompletableFuture<Void> done, Runnable nudge) {
    onTaken = nudge;
    // One that is under way began before this was asked for.
    (writing || taken != null ? waitingForNext : waiting).add(done);
  }

  /** The log has ended: nobody waits for a snapshot any more. */
  void end() {
    ended = true;
    LogUnavailableException why = new LogUnavailableException("the log has ended");
    open.forEach(done -> done.completeExceptionally(why));
  }

  /** Index of the newest snapshot that this process has taken itself; 0 if none. */
  long ownIndex() {
    return ownIndex;
  }

  private boolean due() {
    long applied = context.getLastApplied();
    return context.getLog().isCompactable(applied)
        && files.logBytes() > Math.max(boundBytes, lastBytes);
  }

  private void begin() {
    writing = true;
    context.getServiceManager().executor().execute(this::write);
  }

  /** On the thread that applies: nothing changes meanwhile. */
  private void write() {
    halt.check();
    long index = context.getLastApplied();
    Snapshot current = context.getSnapshotStore().getCurrentSnapshot();
    if (current != null && index <= current.index()) {
      // Atomix calls entries applied that a snapshot holds, and reads that one in with the entry
      // after it: until then the table is not what the index says.
      context.getThreadContext().execute(this::nothingNew);
      return;
    }
    try {
      Snapshot snapshot = context.getSnapshotStore().newSnapshot(index, new WallClockTimestamp());
      long bytes;
      try (SnapshotWriter writer = snapshot.openWriter()) {
        for (RaftServiceContext service : context.getServices()) {
          write(service, writer);
        }
        bytes = writer.buffer().position();
      }
      context.getThreadContext().execute(() -> written(snapshot, bytes));
    } catch (RuntimeException e) {
      throw halt.now("a snapshot at index " + index + " could not be written: " + e, e);
    }
  }

  /** There is one of this index or a newer one already. */
  private void nothingNew() {
    writing = false;
    release();
  }

  /**
   * A service as Atomix reads it back: length, id, type, name, configuration, then its own part.
   */
  private static void write(RaftServiceContext service, SnapshotWriter writer) {
    int start = writer.buffer().position();
    writer.writeInt(0);
    writer.writeLong(service.serviceId().id());
    writer.writeString(service.serviceType().name());
    writer.writeString(service.serviceName());
    byte[] config =
        Serializer.using(service.serviceType().namespace()).encode(service.serviceConfig());
    writer.writeInt(config.length);
    writer.writeBytes(config);
    service.takeSnapshot(writer);
    writer.buffer().writeInt(start, writer.buffer().position() - start - Integer.BYTES);
  }

  private void written(Snapshot snapshot, long bytes) {
    writing = false;
    taken = new Taken(snapshot, bytes, System.nanoTime());
    if (!waiting.isEmpty()) {
      onTaken.run();
    }
  }

  private boolean ripe(Taken one) {
    if (System.nanoTime() - one.at > RIPE_NANOS) {
      return true;
    }
    if (context.getLastApplied() <= one.snapshot.index()) {
      return false;
    }
    if (context.getRole() != RaftServer.Role.LEADER) {
      return true;
    }
    for (RaftMemberContext member : context.getCluster().getActiveMemberStates()) {
      if (member.getFailureCount() == 0 && member.getMatchIndex() <= one.snapshot.index()) {
        return false;
      }
    }
    return true;
  }

  /** This syncs, which may take long: not on the server's thread. */
  private void complete(Taken one) {
    writing = true;
    context
        .getServiceManager()
        .executor()
        .execute(
            () -> {
              try {
                // On the disk when this returns: then the log that it replaces may go.
                one.snapshot.complete();
                ownIndex = one.snapshot.index();
              } catch (RuntimeException e) {
                throw halt.now(
                    "the snapshot at index " + one.snapshot.index() + " could not be kept: " + e,
                    e);
              }
              context.getThreadContext().execute(() -> compact(one));
            });
  }

  private void compact(Taken one) {
    writing = false;
    lastBytes = one.bytes;
    OpenReaders.compact(context, one.snapshot.index());
    log.info(
        "snapshot of {} bytes at index {}; the log takes {} bytes",
        one.bytes,
        one.snapshot.index(),
        files.logBytes());
    release();
  }

  private void release() {
    List<CompletableFuture<Void>> done = new ArrayList<>(waiting);
    waiting.clear();
    waiting.addAll(waitingForNext);
    waitingForNext.clear();
    done.forEach(future -> future.complete(null));
  }
}
