package io.ssyncd.pound.standin;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The one stream of announcements. There is a single current connection, the last that was
 * accepted; a counter of connections that any close sets to zero; and a mode that SYNC_REQUEST
 * turns on and every accept turns off. A failed send turns the stream off for the rest of the
 * worker's life. All of it as in Pound 2.8a.15 ({@code notify}, {@code send_action}).
 *
 * <p>Thread-safe. A send blocks for as long as the client does not read.
 */
final class SyncStream implements Announcer {
  /** Around farm name, key and content: 29 bytes, plus three strings of at most 255. */
  private static final int MAX_FRAME_BYTES = 29 + 3 * 255;

  private static final int MAX_PAUSE_NANOS = 1_000_000;

  private final byte[] farm;
  private final ByteBuffer frame =
      ByteBuffer.allocateDirect(MAX_FRAME_BYTES).order(ByteOrder.LITTLE_ENDIAN);
  private final LongAdder sent = new LongAdder();

  /** Written by the receiving thread, and by whoever fails to send. */
  private volatile @Nullable SocketChannel current;

  private volatile boolean listening;
  private volatile boolean deaf;
  private final AtomicInteger connections = new AtomicInteger();
  private volatile boolean stopped;
  private volatile boolean blocked;

  SyncStream(String farm) {
    this.farm = farm.getBytes(StandardCharsets.UTF_8);
  }

  /** A new connection steals the stream; it hears nothing before it asks. */
  void accepted(SocketChannel connection) {
    current = connection;
    connections.incrementAndGet();
    listening = false;
  }

  /** Any connection that closes silences all. */
  void closed() {
    connections.set(0);
  }

  /** SYNC_REQUEST turns it on; a WRITE turns it off while it is handled. */
  void listening(boolean value) {
    listening = value;
  }

  boolean listening() {
    return listening;
  }

  /** Whether a failed send turned the stream off. */
  boolean deaf() {
    return deaf;
  }

  /** Connections counted since one closed; not the number that are open. */
  int connections() {
    return connections.get();
  }

  /** Frames sent. */
  long sent() {
    return sent.sum();
  }

  /** Whether a send waits for the client at this moment. */
  boolean blocked() {
    return blocked;
  }

  /** Ends a send that waits. */
  void stop() {
    stopped = true;
  }

  @Override
  public void announce(
      int action, int listener, int service, int backend, byte[] key, String content, long access) {
    if (!listening || deaf || connections.get() < 1) {
      return;
    }
    synchronized (frame) {
      SocketChannel to = current;
      if (to == null || deaf) {
        return;
      }
      encode(action, listener, service, backend, key, content, access);
      send(to);
    }
  }

  private void encode(
      int action, int listener, int service, int backend, byte[] key, String content, long access) {
    frame.clear();
    frame.put((byte) 0xef).put((byte) 0xab).put((byte) 6);
    // Pound always says 5.
    frame.putShort((short) 5).put((byte) action);
    string(farm);
    frame.putInt(listener).putInt(service).putInt(backend);
    string(key);
    if (action != DELETE) {
      string(content.getBytes(StandardCharsets.ISO_8859_1));
      frame.putLong(access & 0xffff_ffffL);
    }
    frame.flip();
  }

  /**
   * An empty string is left out with its size, as Pound does; keys and contents never are empty.
   */
  private void string(byte[] value) {
    if (value.length > 0) {
      frame.put((byte) value.length).put(value);
    }
  }

  private void send(SocketChannel to) {
    try {
      int pause = 20_000;
      while (frame.hasRemaining() && !stopped) {
        if (to.write(frame) == 0) {
          blocked = true;
          LockSupport.parkNanos(this, pause);
          pause = Math.min(MAX_PAUSE_NANOS, 2 * pause);
        }
      }
      sent.increment();
    } catch (IOException e) {
      // EPIPE and its like: deaf for good. Nothing else may be done about it, that is the quirk.
      deaf = !stopped;
      closeAfterFailure(to);
    } finally {
      blocked = false;
    }
  }

  private static void closeAfterFailure(SocketChannel connection) {
    try {
      connection.close();
    } catch (IOException e) {
      throw new UncheckedIOException("closing a connection after a failed send", e);
    }
  }
}
