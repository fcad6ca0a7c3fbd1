package io.ssyncd.sink.pair;

import io.ssyncd.log.Entry;
import io.ssyncd.log.Outcome;
import io.ssyncd.session.Kind;
import io.ssyncd.session.Mutation;
import io.ssyncd.session.Scope;
import io.ssyncd.session.SessionRecord;
import io.ssyncd.source.pair.PairDecoder;
import io.ssyncd.source.pair.PairFrame;
import io.ssyncd.table.TableListener;
import io.ssyncd.table.TableView;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One old backup: a thread that hears it, for its hello and its end, and one that tells it, first
 * of everything and then of what changes. Nothing here ever waits but these two.
 */
final class BackupLink implements TableListener, AutoCloseable {
  private static final int HELLO_MILLIS = 10_000;
  private static final long IDLE_MILLIS = 200;
  private static final Logger log = LoggerFactory.getLogger(BackupLink.class);

  private final Socket socket;
  private final TableView table;
  private final Stamps stamps;
  private final BackupCounters counters;
  private final int maxWaiting;
  private final BlockingQueue<Change> waiting = new LinkedBlockingQueue<>();
  private final AtomicInteger depth = new AtomicInteger();
  private final AtomicBoolean closed = new AtomicBoolean();

  /** For everything, and not told of it yet. */
  private volatile boolean asked;

  private volatile @Nullable String toDrop;

  /** {@link System#nanoTime} since when a write waits for the backup; 0: none does. */
  private volatile long writingSince;

  /** An entry that took effect. */
  private record Change(Entry entry, int weight) {}

  BackupLink(
      Socket socket, TableView table, Stamps stamps, BackupCounters counters, int maxWaiting) {
    this.socket = socket;
    this.table = table;
    this.stamps = stamps;
    this.counters = counters;
    this.maxWaiting = maxWaiting;
  }

  String name() {
    return String.valueOf(socket.getRemoteSocketAddress());
  }

  int waiting() {
    return depth.get();
  }

  /** Why it has to be cut off; null if it has not. */
  @Nullable String toDrop(long patienceNanos) {
    long since = writingSince;
    if (since != 0 && System.nanoTime() - since > patienceNanos) {
      return "does-not-read";
    }
    return toDrop;
  }

  boolean isClosed() {
    return closed.get();
  }

  @Override
  public void applied(long index, @Nullable Entry entry, Outcome outcome) {
    if (entry != null && outcome == Outcome.APPLIED) {
      int weight = 1 + mutations(entry).size();
      if (entry instanceof Entry.Restore restore) {
        if (restore.step() instanceof Entry.RestoreStep.End) {
          toDrop = "restored";
        }
      } else if (toDrop == null && depth.addAndGet(weight) > maxWaiting) {
        toDrop = "too-slow";
      } else if (toDrop == null) {
        waiting.add(new Change(entry, weight));
      }
    }
  }

  /** A whole table came instead of changes: an old backup has to ask for everything anew. */
  @Override
  public void restored(long index) {
    toDrop = "restored";
  }

  /** Hears the backup until it leaves; on a thread of its own. */
  void hear() {
    PairDecoder decoder = new PairDecoder();
    byte[] bytes = new byte[256];
    boolean greeted = false;
    try {
      socket.setSoTimeout(HELLO_MILLIS);
      InputStream in = socket.getInputStream();
      for (int read = in.read(bytes); read >= 0; read = in.read(bytes)) {
        decoder.feed(ByteBuffer.wrap(bytes, 0, read), this::heard);
        if (!greeted && decoder.offset() > 0) { // its hello; anything else closed the link
          greeted = true;
          socket.setSoTimeout(0);
        }
      }
    } catch (SocketTimeoutException e) {
      drop("no-hello");
    } catch (IOException e) {
      if (!closed.get()) {
        log.info("old backup {}: {}", name(), e.getMessage());
      }
    } finally {
      close();
    }
  }

  private void heard(PairFrame frame) {
    if (frame instanceof PairFrame.SyncRequest) {
      asked = true;
    } else {
      drop("no-backup");
      close();
    }
  }

  /** Tells the backup until it is cut off; on a thread of its own. */
  void tell() {
    try {
      BackupFrames frames = new BackupFrames(new Timed(socket.getOutputStream()), stamps, counters);
      while (!closed.get()) {
        if (asked) {
          asked = false;
          all(frames);
        }
        Change change = waiting.poll(IDLE_MILLIS, TimeUnit.MILLISECONDS);
        if (change != null) {
          depth.addAndGet(-change.weight());
          send(change.entry(), frames);
        }
        if (waiting.isEmpty()) {
          frames.flush();
        }
      }
    } catch (IOException e) {
      if (!closed.get()) {
        log.info("old backup {} is gone: {}", name(), e.getMessage());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      log.error("old backup {}: a bug", name(), e);
      drop("bug");
    } finally {
      close();
    }
  }

  /**
   * Everything, entries before sessions as the original does. What changes meanwhile waits in the
   * queue and comes after, so that the backup ends up with what the table holds.
   */
  private void all(BackupFrames frames) throws IOException, InterruptedException {
    int sent = 0;
    for (boolean recent : new boolean[] {true, false}) {
      for (Scope scope : table.counts().keySet()) {
        if ((scope.kind() == Kind.RECENT) == recent) {
          for (SessionRecord record : table.records(scope)) {
            frames.put(record);
            sent++;
          }
        }
      }
    }
    frames.flush();
    log.info("old backup {} was told of {} records", name(), sent);
  }

  private static void send(Entry entry, BackupFrames frames)
      throws IOException, InterruptedException {
    for (Mutation mutation : mutations(entry)) {
      frames.change(mutation);
    }
    if (entry instanceof Entry.Command command
        && command.operation() instanceof Entry.Operation.Clear clear) {
      frames.clear(clear);
    }
  }

  private static List<Mutation> mutations(Entry entry) {
    if (entry instanceof Entry.Batch batch) {
      return batch.mutations();
    }
    return entry instanceof Entry.Purge purge ? purge.deletes() : List.of();
  }

  private void drop(String why) {
    if (toDrop == null) {
      toDrop = why;
      counters.dropped(why);
      log.warn("old backup {} is cut off: {}", name(), why);
    }
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      try {
        socket.close();
      } catch (IOException e) {
        log.debug("closing an old backup: {}", e.toString());
      }
    }
  }

  /** Notes since when a write waits. */
  private final class Timed extends OutputStream {
    private final OutputStream to;

    Timed(OutputStream to) {
      this.to = to;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      writingSince = System.nanoTime() | 1;
      try {
        to.write(bytes, offset, length);
      } finally {
        writingSince = 0;
      }
    }
  }
}
