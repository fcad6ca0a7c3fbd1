package io.ssyncd.source.pound;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * The sending half of a connection: whole frames, one sender at a time, in pieces that the kernel
 * takes whole or not at all. Thread-safe.
 */
final class FrameSender {
  private final PoundLinkConfig config;
  private final PoundSocket socket;
  private final int pieceBytes;
  private final ReentrantLock sending = new ReentrantLock();
  private final ByteBuffer small = ByteBuffer.allocateDirect(3 * FrameEncoder.MAX_FRAME);
  private volatile boolean open = true;
  private volatile boolean stuck;
  private volatile boolean cut;
  private volatile long progressNanos = System.nanoTime();

  FrameSender(PoundLinkConfig config, PoundSocket socket) throws IOException {
    this.config = config;
    this.socket = socket;
    this.pieceBytes = socket.pieceBytes();
  }

  /** The most bytes that the kernel does not cut. */
  int pieceBytes() {
    return pieceBytes;
  }

  /** When something was last taken, by {@link System#nanoTime()}. */
  long progressNanos() {
    return progressNanos;
  }

  boolean isOpen() {
    return open;
  }

  /** Whether a send was given up because nothing was taken, and nothing is known to be since. */
  boolean isStuck() {
    return stuck;
  }

  /** Everything that was sent is taken. */
  void taken() {
    stuck = false;
  }

  /**
   * Whether a send was given up within a frame: whatever followed it would be taken for its rest,
   * so nothing may.
   */
  boolean isCut() {
    return cut;
  }

  /** Nothing is sent any more, from the return of this call on. */
  void close() {
    open = false;
    sending.lock(); // a write that is still in the kernel comes back within PoundSocket.PATIENCE
    sending.unlock();
  }

  /**
   * Sends whole frames, waiting for room.
   *
   * @param frames a direct buffer; its position moves to its limit
   * @throws IOException if the connection ended, or nothing was taken for {@link
   *     PoundLinkConfig#answerTimeout}
   */
  void send(ByteBuffer frames) throws IOException, InterruptedException {
    sending.lockInterruptibly();
    try {
      send(frames, config.answerTimeout(), true);
    } finally {
      sending.unlock();
    }
  }

  private void send(ByteBuffer frames, Duration patience, boolean interruptibly)
      throws IOException, InterruptedException {
    int from = frames.position();
    long waitingSince = System.nanoTime();
    while (frames.hasRemaining()) {
      boolean begun = frames.position() > from;
      if (interruptibly && !begun && Thread.interrupted()) {
        throw new InterruptedException();
      }
      if (!open) {
        throw new IOException(config.socket() + ": the connection to Pound ended");
      }
      if (socket.write(frames) > 0) {
        waitingSince = System.nanoTime();
        progressNanos = waitingSince;
        stuck = false;
      } else if (System.nanoTime() - waitingSince > patience.toNanos()) {
        stuck = true;
        if (begun) {
          cut = true;
          open = false;
        }
        throw new IOException(config.socket() + ": Pound takes nothing any more");
      }
    }
  }

  /**
   * Sends a frame or two at once; there is room for them unless Pound stands still.
   *
   * @param encoding fills the buffer it is given
   * @throws IOException if the connection ended, or there was no room for {@link
   *     PoundLinkConfig#closeTimeout}
   */
  void sendSmall(Consumer<ByteBuffer> encoding) throws IOException {
    sending.lock();
    try {
      encoding.accept(small.clear());
      send(small.flip(), config.closeTimeout(), false);
    } catch (InterruptedException e) {
      throw new AssertionError("not interruptible", e);
    } finally {
      sending.unlock();
    }
  }

  /**
   * The same, unless somebody is sending: never to be waited for by the thread that reads, for a
   * send may wait for Pound, and Pound for that thread.
   *
   * @return false if somebody is
   */
  boolean trySendSmall(Consumer<ByteBuffer> encoding) throws IOException {
    if (!sending.tryLock()) {
      return false;
    }
    try {
      sendSmall(encoding);
      return true;
    } finally {
      sending.unlock();
    }
  }
}
