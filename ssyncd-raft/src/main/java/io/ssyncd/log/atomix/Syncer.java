package io.ssyncd.log.atomix;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Lets nothing be acknowledged before it is on the disk. Whoever asks while a sync runs shares the
 * next one, so that many acknowledgements cost one. Atomix' own {@code flushOnCommit} does nothing.
 *
 * <p>Thread-safe.
 */
final class Syncer {
  private static final CompletableFuture<Void> DONE = CompletableFuture.completedFuture(null);

  private final @Nullable Disk disk;
  private final Executor thread;
  private final Halt halt;
  private final LogCounters counters;
  private boolean dirty;
  private @Nullable CompletableFuture<Void> running;
  private @Nullable CompletableFuture<Void> next;

  /** Makes what was written so far survive a loss of power. */
  @FunctionalInterface
  interface Disk {
    void sync() throws IOException;

    /** Says, between syncs, that the log is about to be cut or begun anew: any file may change. */
    default void cut() {}
  }

  /**
   * @param disk null if the operating system's memory is durable enough
   * @param thread runs the syncs, one at a time
   */
  Syncer(@Nullable Disk disk, Executor thread, Halt halt, LogCounters counters) {
    this.disk = disk;
    this.thread = thread;
    this.halt = halt;
    this.counters = counters;
    // What a process that was killed left behind may never have reached the disk.
    this.dirty = disk != null;
  }

  /** Says that something was written to the log. */
  synchronized void written() {
    dirty = disk != null;
  }

  /** Done once all that was written before this call is on the disk. */
  synchronized CompletableFuture<Void> kept() {
    if (!dirty) {
      return running == null ? DONE : running;
    }
    CompletableFuture<Void> joined = next;
    if (joined == null) {
      joined = new CompletableFuture<>();
      next = joined;
      thread.execute(this::run);
    }
    return joined;
  }

  private void run() {
    CompletableFuture<Void> mine;
    synchronized (this) {
      mine = next;
      running = mine;
      next = null;
      dirty = false;
    }
    @Nullable Throwable error = sync();
    synchronized (this) {
      running = null;
      // A member that is about to halt may be asked again for what was to be synced now.
      dirty |= error != null;
    }
    if (mine == null) {
      return;
    }
    if (error == null) {
      mine.complete(null);
    } else {
      mine.completeExceptionally(error);
    }
  }

  private @Nullable Throwable sync() {
    Disk to = disk;
    try {
      halt.check();
      if (to != null) {
        to.sync();
        counters.syncs.increment();
      }
      return null;
    } catch (Halt.HaltedError e) {
      return e;
    } catch (IOException | RuntimeException e) {
      // After a failed sync nobody knows what is on the disk: a second one may say yes wrongly.
      return halt.now("the log could not be synced to the disk: " + e, e);
    }
  }
}
