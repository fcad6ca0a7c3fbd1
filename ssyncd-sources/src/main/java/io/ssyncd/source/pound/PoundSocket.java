package io.ssyncd.source.pound;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import jnr.constants.platform.Errno;
import jnr.enxio.channels.Native;
import jnr.unixsocket.Credentials;
import jnr.unixsocket.UnixSocketAddress;
import jnr.unixsocket.UnixSocketChannel;
import jnr.unixsocket.UnixSocketOptions;

/**
 * A connected UNIX stream socket in blocking mode, with a bound on how long a write may block.
 *
 * <p>One thread reads and closes, others may write; {@link #close} must only be called when nobody
 * is in a write, for the kernel gives its number to the next file.
 */
final class PoundSocket implements Closeable {
  /** How long one write or connect waits before its caller can look around. */
  static final Duration PATIENCE = Duration.ofMillis(200);

  private final UnixSocketChannel channel;
  private final SocketQueue queue;

  private PoundSocket(UnixSocketChannel channel) {
    this.channel = channel;
    this.queue = new SocketQueue(channel.getFD());
  }

  /**
   * Connects.
   *
   * @throws LinkException naming the path and why it cannot be done; a full backlog (Pound listens
   *     with 2) is one that passes
   */
  static PoundSocket connect(Path path) throws IOException {
    if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      throw new LinkException("pound-socket-invalid", path + " is a directory, not a socket");
    }
    UnixSocketChannel channel = UnixSocketChannel.create();
    boolean connected = false;
    try {
      channel.setOption(UnixSocketOptions.SO_SNDTIMEO, (int) PATIENCE.toMillis());
      connected = channel.connect(new UnixSocketAddress(path.toString()));
      if (!connected) {
        throw new LinkException("pound-unreachable", path + ": no room in its backlog");
      }
      return new PoundSocket(channel);
    } catch (LinkException e) {
      throw e;
    } catch (IOException e) {
      throw new LinkException(
          "pound-unreachable",
          path
              + ": "
              + lowerCase(String.valueOf(e.getMessage()))
              + ": is the farm's Pound running, with -s?",
          e);
    } finally {
      if (!connected) {
        channel.close();
      }
    }
  }

  private static String lowerCase(String message) {
    return message.isEmpty()
        ? "cannot connect"
        : Character.toLowerCase(message.charAt(0)) + message.substring(1);
  }

  /** Who listened on the other side. */
  Credentials peer() throws IOException {
    return channel.getOption(UnixSocketOptions.SO_PEERCRED);
  }

  /** The kernel's view, for the thread that reads. */
  SocketQueue queue() {
    return queue;
  }

  /** Another one, for a thread that does not read. */
  SocketQueue newQueue() {
    return new SocketQueue(channel.getFD());
  }

  /**
   * The most bytes that one write hands to the kernel as one piece: a piece is taken whole or not
   * at all, and read whole. {@code unix_stream_sendmsg} cuts at half of the send buffer less 64.
   */
  int pieceBytes() throws IOException {
    return channel.getOption(UnixSocketOptions.SO_SNDBUF) / 2 - 64;
  }

  /**
   * Reads what there is.
   *
   * @param into a direct buffer; its position moves
   * @return how many bytes; 0 for none now; -1 at the end
   */
  int read(ByteBuffer into) throws IOException {
    int n = Native.read(channel.getFD(), into);
    if (n > 0) {
      return n;
    }
    if (n == 0) {
      return -1;
    }
    Errno error = Native.getLastError();
    return switch (error) {
      case EAGAIN, EWOULDBLOCK -> 0;
      case ECONNRESET -> -1;
      default -> throw new IOException("cannot read: " + error.description());
    };
  }

  /**
   * Writes as much as there is room for, waiting {@link #PATIENCE} for it.
   *
   * @param from a direct buffer; its position moves
   * @return how many bytes were taken; 0 if none in that time
   */
  int write(ByteBuffer from) throws IOException {
    int n = Native.write(channel.getFD(), from);
    if (n >= 0) {
      return n;
    }
    Errno error = Native.getLastError();
    return switch (error) {
      case EAGAIN, EWOULDBLOCK -> 0;
      default -> throw new IOException("cannot write: " + error.description());
    };
  }

  /** Tells the other side that no more comes; it closes then, which is seen here as the end. */
  void endOutput() throws IOException {
    channel.shutdownOutput();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
