package io.ssyncd.node;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads keepalived's {@code vrrp_notify_fifo} on a thread of its own, so that a failover waits for
 * no script. keepalived makes the FIFO at its start and removes it at its end, so it may be missing
 * and come back as another one; what keepalived writes meanwhile waits in the pipe, for it holds
 * both ends.
 *
 * <p>It is opened for reading and writing, which Linux never lets wait for another end (fifo(7)).
 * Thread-safe.
 */
final class NotifyFifo implements AutoCloseable {
  /** The kind of a file, of its mode (inode(7)). */
  private static final int KIND = 0170000;

  private static final int FIFO = 0010000;
  private static final Duration REOPEN = Duration.ofMillis(500);
  private static final Logger log = LoggerFactory.getLogger(NotifyFifo.class);

  private final Path file;
  private final VrrpLines lines;
  private final Thread reader;
  private boolean closed;
  private @Nullable FileChannel open;
  private @Nullable Object openKey;
  private volatile @Nullable Warning warning;

  /**
   * Not read yet.
   *
   * @param member whose thread it is
   * @param heard takes each line, on that thread
   */
  NotifyFifo(Path file, String member, Consumer<VrrpLine> heard) {
    this.file = file;
    this.lines = new VrrpLines(heard);
    this.reader = new Thread(this::run, "ssyncd-keepalived-" + member);
    reader.setDaemon(true);
  }

  void begin() {
    reader.start();
  }

  @Nullable Warning warning() {
    return warning;
  }

  /** How many lines were understood. */
  long lines() {
    return lines.lines();
  }

  /** How many were not. */
  long malformed() {
    return lines.malformed();
  }

  /** To be called now and then: lets go of a FIFO that is no longer the one at its path. */
  void look() {
    FileChannel stale = null;
    synchronized (this) {
      if (open != null && !Objects.equals(openKey, key())) {
        stale = open;
        open = null;
      }
    }
    if (stale != null) {
      shut(stale);
    }
  }

  @Override
  public void close() {
    FileChannel last;
    synchronized (this) {
      closed = true;
      last = open;
      open = null;
      notifyAll();
    }
    if (last != null) {
      shut(last);
    }
  }

  private void run() {
    while (!isClosed()) {
      try (FileChannel channel = open()) {
        read(channel);
      } catch (ClosedChannelException e) {
        log.debug("{} is no longer the FIFO that was read", file);
      } catch (IOException e) {
        complain(e);
      } catch (RuntimeException e) {
        log.error("a line of {} failed by a bug", file, e);
      }
      pause();
    }
  }

  private FileChannel open() throws IOException {
    // Before it is opened: one that takes its place in between has another key, and look() sees it.
    Object key = key();
    if (key == null) {
      throw new NoSuchFileException(file.toString());
    }
    int mode = (Integer) Files.getAttribute(file, "unix:mode");
    if ((mode & KIND) != FIFO) {
      throw new IOException("it is no FIFO");
    }
    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
    synchronized (this) {
      if (closed) {
        channel.close();
        throw new ClosedChannelException();
      }
      open = channel;
      openKey = key;
    }
    log.info("{} is read", file);
    warning = null;
    return channel;
  }

  private void read(FileChannel channel) throws IOException {
    lines.reset();
    ByteBuffer bytes = ByteBuffer.allocateDirect(4096);
    while (channel.read(bytes) >= 0) {
      lines.accept(bytes.flip());
      bytes.clear();
    }
    throw new IOException("it has an end, as no FIFO has");
  }

  /** What tells the file from any other; null if it is not there. */
  private @Nullable Object key() {
    try {
      return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    } catch (IOException e) {
      return null;
    }
  }

  private void complain(IOException e) {
    String what =
        e instanceof NoSuchFileException
            ? "it is missing; keepalived makes it at its start, if vrrp_notify_fifo names it"
            : String.valueOf(e.getMessage());
    Warning found =
        WarningCode.NOTIFY_FIFO.with("keepalived is not heard by " + file + ": " + what);
    if (!found.equals(warning)) {
      log.warn("{}", found.text());
    }
    warning = found;
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  private synchronized void pause() {
    long until = System.nanoTime() + REOPEN.toNanos();
    long left = REOPEN.toMillis();
    while (!closed && left > 0) {
      try {
        wait(left);
      } catch (InterruptedException e) {
        closed = true;
        Thread.currentThread().interrupt();
      }
      left = (until - System.nanoTime()) / 1_000_000;
    }
  }

  /** Wakes the reader, too. */
  private void shut(FileChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      log.debug("{} did not close in order", file, e);
    }
  }
}
