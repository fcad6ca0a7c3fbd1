package io.ssyncd.pound.standin;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The socket and the one thread that accepts, receives and handles requests, in the order in which
 * they became ready. Of a connection on which data and a hang-up are found together the data is
 * dropped, as Pound 2.8a.15 does ({@code receive_task}): it looks for the hang-up first.
 */
final class SyncServer implements Closeable {
  /** What Pound passes to listen(). */
  private static final int BACKLOG = 2;

  /** Several times what a Unix socket's send buffer holds (212,992 bytes by default). */
  private static final int READ_BYTES = 1 << 20;

  /** Room that no single read fills, so that no read ends within a frame that was sent whole. */
  private static final int WHOLE_READ_BYTES = READ_BYTES / 2;

  private final SyncStream stream;
  private final RequestHandler handler;
  private final Consumer<String> death;
  private final Selector selector;
  private final ServerSocketChannel server;
  private final Thread thread;
  private final ByteBuffer received = ByteBuffer.allocateDirect(READ_BYTES);
  private final ReceiveBuffer buffer = new ReceiveBuffer();
  private final ReentrantLock stallLock = new ReentrantLock();
  private final Condition resumed = stallLock.newCondition();
  private boolean stalled;
  private volatile long stallAt = Long.MAX_VALUE;
  private volatile boolean closed;

  /**
   * Binds the socket, replacing a file of that name.
   *
   * @param death called by the receiving thread with the reason, at most once
   */
  SyncServer(Path path, SyncStream stream, RequestHandler handler, Consumer<String> death)
      throws IOException {
    this.stream = stream;
    this.handler = handler;
    this.death = death;
    Files.deleteIfExists(path);
    this.selector = Selector.open();
    this.server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      server.bind(UnixDomainSocketAddress.of(path), BACKLOG);
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
      server.configureBlocking(false);
      server.register(selector, SelectionKey.OP_ACCEPT);
    } catch (IOException | RuntimeException e) {
      server.close();
      selector.close();
      throw e;
    }
    this.thread = new Thread(this::run, "pound-sync-" + path.getFileName());
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** Stops receiving, as a Pound that is busy elsewhere; connects are queued up to the backlog. */
  void stall(boolean value) {
    stallLock.lock();
    try {
      stalled = value;
      resumed.signalAll();
    } finally {
      stallLock.unlock();
    }
  }

  /** Stops receiving by itself once so many more sessions were written. */
  void stallAfterWrites(long more) {
    stallAt = handler.writes() + more;
  }

  private void run() {
    String reason = null;
    try {
      while (!closed) {
        // With an action the keys come in the order of epoll: what became ready first.
        selector.select(this::ready);
      }
    } catch (DeathInThread e) {
      reason = e.reason;
    } catch (IOException | RuntimeException e) {
      reason = "receiving thread: " + e;
    }
    reason = closeAll(reason);
    if (reason != null) {
      death.accept(reason);
    }
  }

  /** Closes every connection, then the socket; returns the reason to die of, if any. */
  private @Nullable String closeAll(@Nullable String reason) {
    try {
      for (SelectionKey key : selector.keys()) {
        key.channel().close();
      }
      selector.close();
      return reason;
    } catch (IOException e) {
      return reason == null ? "closing: " + e : reason;
    }
  }

  private void ready(SelectionKey key) {
    awaitResume();
    if (closed || !key.isValid()) {
      return;
    }
    try {
      if (key.isAcceptable()) {
        accept();
      } else {
        receive((SocketChannel) key.channel());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (PoundDeath e) {
      throw new DeathInThread(e);
    }
  }

  private void awaitResume() {
    stallLock.lock();
    try {
      while (stalled && !closed) {
        resumed.awaitUninterruptibly();
      }
    } finally {
      stallLock.unlock();
    }
  }

  private void accept() throws IOException {
    SocketChannel connection = server.accept();
    if (connection != null) {
      connection.configureBlocking(false);
      connection.register(selector, SelectionKey.OP_READ);
      stream.accepted(connection);
    }
  }

  private void receive(SocketChannel connection) throws IOException, PoundDeath {
    received.clear();
    if (!fill(connection)) {
      stream.closed();
      buffer.clear();
      connection.close();
      return;
    }
    buffer.append(received.flip());
    for (Request r = buffer.next(); r != null && !closed; r = buffer.next()) {
      if (handler.writes() >= stallAt) {
        stallAt = Long.MAX_VALUE;
        stall(true);
        awaitResume();
      }
      handler.handle(r);
    }
  }

  /** Reads what is there; false when the other side has hung up, even if there was data. */
  private boolean fill(SocketChannel connection) {
    try {
      int count = connection.read(received);
      while (count > 0 && received.remaining() >= WHOLE_READ_BYTES) {
        count = connection.read(received);
      }
      return count >= 0;
    } catch (IOException e) {
      // The other side closed with data of ours unread (ECONNRESET), or a failed send closed it.
      return false;
    }
  }

  /**
   * Ends the thread, which closes every connection and the socket. The file stays, as Pound's does.
   * Returns when all is closed, unless called by the thread itself.
   */
  @Override
  public void close() {
    closed = true;
    stream.stop();
    stall(false);
    selector.wakeup();
    if (Thread.currentThread() != thread) {
      join();
    }
  }

  private void join() {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Carries a death out of the selector's action. */
  private static final class DeathInThread extends RuntimeException {
    private static final long serialVersionUID = 1L;

    final String reason;

    DeathInThread(PoundDeath cause) {
      super(cause);
      this.reason = String.valueOf(cause.getMessage());
    }
  }
}
