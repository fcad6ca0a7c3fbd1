package io.ssyncd.testkit;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A bare connection to the session socket of a Pound. Used by one thread. */
public final class SyncClient implements Closeable {
  private static final int READ_BYTES = 1 << 16;

  private final SocketChannel channel;
  private final Selector selector;
  private final ByteArrayOutputStream received = new ByteArrayOutputStream();
  private boolean ended;

  private SyncClient(SocketChannel channel, Selector selector) {
    this.channel = channel;
    this.selector = selector;
  }

  /** Connects. */
  public static SyncClient connect(Path socket) throws IOException {
    SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
    channel.configureBlocking(false);
    Selector selector = Selector.open();
    channel.register(selector, SelectionKey.OP_READ);
    return new SyncClient(channel, selector);
  }

  /** Sends bytes; with one call of write as long as there is room. */
  public void send(byte[] bytes) throws IOException {
    ByteBuffer b = ByteBuffer.wrap(bytes);
    while (b.hasRemaining()) {
      channel.write(b);
    }
  }

  /** Sends bytes and gives the other side a while to close; false if it did. */
  public boolean sendUnlessEnded(byte[] bytes, Duration atMost) throws IOException {
    try {
      send(bytes);
    } catch (IOException e) {
      ended = true;
    }
    if (!ended) {
      fill(atMost.toMillis());
    }
    return !ended;
  }

  /** Closes one direction, which Pound takes for a close. */
  public void shutdownOutput() throws IOException {
    channel.shutdownOutput();
  }

  /** Reads until that many bytes are there; what came is taken, more is left for the next call. */
  public byte[] read(int count, Duration atMost) throws IOException {
    long end = System.nanoTime() + atMost.toNanos();
    while (received.size() < count && !ended && System.nanoTime() < end) {
      fill(Math.max(1, (end - System.nanoTime()) / 1_000_000));
    }
    byte[] all = received.toByteArray();
    received.reset();
    if (all.length <= count) {
      return all;
    }
    received.write(all, count, all.length - count);
    return java.util.Arrays.copyOf(all, count);
  }

  /** Reads until nothing comes for a while. */
  public byte[] readUntilQuiet(Duration quiet) throws IOException {
    while (!ended && fill(quiet.toMillis())) {
      // More may follow.
    }
    byte[] all = received.toByteArray();
    received.reset();
    return all;
  }

  /** The frames that come until nothing comes for a while. */
  public List<SyncFrame> frames(Duration quiet) throws IOException {
    return SyncFrame.parse(readUntilQuiet(quiet));
  }

  /**
   * Waits for a number of frames, then until nothing comes for a while.
   *
   * @param expected how many; fewer are returned if they do not come in time, and all that come
   */
  public List<SyncFrame> frames(int expected, Duration atMost, Duration quiet) throws IOException {
    long end = System.nanoTime() + atMost.toNanos();
    byte[] all = readUntilQuiet(quiet);
    while (wholeFrames(all) < expected && !ended && System.nanoTime() < end) {
      all = SyncFrame.concat(all, readUntilQuiet(quiet));
    }
    return SyncFrame.parse(all);
  }

  /** How many frames the bytes are; -1 while the last is not there whole. */
  private static int wholeFrames(byte[] bytes) {
    try {
      return SyncFrame.parse(bytes).size();
    } catch (IllegalArgumentException e) {
      // What is no frame at all is reported when the time is over.
      return -1;
    }
  }

  /** Asks for a dump and returns it. */
  public List<SyncFrame> dump(String farm, Duration quiet) throws IOException {
    return dump(farm, 0, Duration.ZERO, quiet);
  }

  /** Asks for a dump of at least so many sessions and returns it. */
  public List<SyncFrame> dump(String farm, int expected, Duration atMost, Duration quiet)
      throws IOException {
    send(SyncFrame.syncRequest(farm));
    return frames(expected, atMost, quiet);
  }

  /** Whether the other side closed. */
  public boolean ended() {
    return ended;
  }

  /** Waits for bytes; false if none came. */
  private boolean fill(long millis) throws IOException {
    if (selector.select(millis) == 0) {
      return false;
    }
    selector.selectedKeys().clear();
    ByteBuffer b = ByteBuffer.allocate(READ_BYTES);
    int count = readOrEnd(b);
    if (count < 0) {
      ended = true;
      return false;
    }
    received.write(b.array(), 0, count);
    return true;
  }

  private int readOrEnd(ByteBuffer b) {
    try {
      return channel.read(b);
    } catch (IOException e) {
      // Reset: the other side died with data of ours unread.
      return -1;
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
    selector.close();
  }
}
