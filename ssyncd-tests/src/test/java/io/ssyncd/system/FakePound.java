package io.ssyncd.system;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Listens where a Pound would, and says what no Pound says. */
final class FakePound implements AutoCloseable {
  private final Path socket;
  private final ServerSocketChannel server;
  private final List<SocketChannel> open = new CopyOnWriteArrayList<>();
  private static final Logger log = LoggerFactory.getLogger(FakePound.class);

  private final AtomicInteger connections = new AtomicInteger();
  private volatile Greeting greeting = new Greeting(new byte[0], false);

  /** What is said to who connects, and whether the stream ends after it. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Greeting(byte[] bytes, boolean ends) {}

  private FakePound(Path socket, ServerSocketChannel server) {
    this.socket = socket;
    this.server = server;
  }

  static FakePound at(Path socket) throws IOException {
    Files.deleteIfExists(socket);
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
    FakePound pound = new FakePound(socket, server);
    Thread accept = new Thread(pound::accept, "fake-pound");
    accept.setDaemon(true);
    accept.start();
    return pound;
  }

  /** Says this to whoever connects from now on, and then nothing more. */
  void greet(byte[] bytes) throws IOException {
    greet(bytes, false);
  }

  /** Says this to whoever connects from now on, and ends the stream. */
  void greetAndEnd(byte[] bytes) throws IOException {
    greet(bytes, true);
  }

  private void greet(byte[] bytes, boolean ends) throws IOException {
    greeting = new Greeting(bytes, ends);
    hangUp();
  }

  /** Closes every connection. */
  void hangUp() throws IOException {
    for (SocketChannel channel : open) {
      channel.close();
    }
    open.clear();
  }

  /** To all that are connected. */
  void say(byte[] bytes) throws IOException {
    for (SocketChannel channel : open) {
      if (channel.isOpen()) {
        channel.write(ByteBuffer.wrap(bytes));
      }
    }
  }

  int connections() {
    return connections.get();
  }

  private void accept() {
    while (server.isOpen()) {
      try {
        SocketChannel channel = server.accept();
        connections.incrementAndGet();
        open.add(channel);
        if (server.isOpen()) {
          greetOne(channel);
        } else {
          channel.close(); // close() has been past the others already
        }
      } catch (IOException closed) {
        log.debug("no more connections", closed);
      }
    }
  }

  /** Who has hung up already hears nothing; the next one does. */
  private void greetOne(SocketChannel channel) {
    Greeting now = greeting;
    try {
      channel.write(ByteBuffer.wrap(now.bytes()));
      if (now.ends()) {
        channel.shutdownOutput();
      }
    } catch (IOException gone) {
      log.debug("a client left before it was greeted", gone);
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    hangUp();
    Files.deleteIfExists(socket);
  }
}
