package io.ssyncd.ctl;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/** Closes a channel once nothing was heard on it for too long: whoever waits for it goes on. */
final class Patience implements AutoCloseable {
  private final SocketChannel channel;
  private final long mostNanos;
  private final Thread thread;
  private volatile long heardNanos = System.nanoTime();
  private volatile boolean over;

  Patience(SocketChannel channel, Duration most) {
    this.channel = channel;
    this.mostNanos = most.toNanos();
    this.thread = new Thread(this::watch, "patience");
    thread.setDaemon(true);
    thread.start();
  }

  /** Something came: the time begins anew. */
  void heard() {
    heardNanos = System.nanoTime();
  }

  /** Whether it was this that closed the channel. */
  boolean isOver() {
    return over;
  }

  private void watch() {
    try {
      long left = mostNanos;
      while (left > 0) {
        Thread.sleep(left / 1_000_000, (int) (left % 1_000_000));
        left = mostNanos - (System.nanoTime() - heardNanos);
      }
      over = true;
      channel.close();
    } catch (InterruptedException e) {
      // The answer came in time.
    } catch (IOException e) {
      throw new AssertionError("closing a socket cannot fail half-way", e);
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
