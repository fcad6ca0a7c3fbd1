package io.ssyncd.sink.pound;

import io.ssyncd.session.Bytes;
import io.ssyncd.session.HttpKey;
import io.ssyncd.session.HttpSession;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A Pound that does what a test wants it to: drop connections, send anything, keep silent, cut its
 * frames to pieces. Speaks just enough of the protocol.
 */
final class ScriptedPound implements AutoCloseable {
  private static final int ADD = 2;
  private static final int DELETE = 3;
  private static final int UPDATE = 4;
  private static final int WRITE = 5;

  private final ServerSocketChannel server;
  private final Map<HttpKey, HttpSession> sessions = new LinkedHashMap<>();
  private final List<SocketChannel> connections = new CopyOnWriteArrayList<>();
  private volatile @Nullable SocketChannel current;
  volatile boolean deaf;
  volatile boolean dropsWrites;

  /** Takes nothing, but never stops to tell of that session. */
  volatile @Nullable HttpSession babbles;

  volatile int fragment = Integer.MAX_VALUE;
  final AtomicInteger requests = new AtomicInteger();

  ScriptedPound(Path directory) throws IOException {
    Path path = directory.resolve("ssync_f1.socket");
    Files.deleteIfExists(path);
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(path), 2);
    thread(this::accept);
  }

  private static void thread(Runnable run) {
    Thread thread = new Thread(run, "scripted-pound");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    try {
      while (true) {
        SocketChannel connection = server.accept();
        connections.add(connection);
        current = connection;
        thread(() -> serve(connection));
      }
    } catch (IOException e) {
      // closed: that is the end
    }
  }

  private void serve(SocketChannel connection) {
    try (connection) {
      DataInputStream in = new DataInputStream(Channels.newInputStream(connection));
      for (HttpSession again = babbles; again != null; again = babbles) {
        tell(again);
      }
      while (true) {
        handle(in);
      }
    } catch (EOFException e) {
      connections.remove(connection);
    } catch (IOException e) {
      connections.remove(connection); // dropped by the test
    }
  }

  private void handle(DataInputStream in) throws IOException {
    in.skipNBytes(5);
    int action = in.readUnsignedByte();
    in.skipNBytes(in.readUnsignedByte());
    if (action == 1) {
      requests.incrementAndGet();
      dump();
      return;
    }
    long listener = Integer.toUnsignedLong(Integer.reverseBytes(in.readInt()));
    long service = Integer.toUnsignedLong(Integer.reverseBytes(in.readInt()));
    long backend = Integer.toUnsignedLong(Integer.reverseBytes(in.readInt()));
    Bytes key = text(in);
    if (action == WRITE) {
      Bytes address = text(in);
      long seconds = Long.reverseBytes(in.readLong());
      if (!dropsWrites) {
        put(
            new HttpSession(
                new HttpKey("f1", listener, service, key), backend, address, seconds * 1000));
      }
    }
  }

  /** A string whose closing NUL is counted. */
  private static Bytes text(DataInputStream in) throws IOException {
    byte[] bytes = new byte[in.readUnsignedByte()];
    in.readFully(bytes);
    return Bytes.of(bytes, 0, Math.max(0, bytes.length - 1));
  }

  private synchronized void dump() throws IOException {
    if (!deaf) {
      for (HttpSession session : sessions.values()) {
        send(frame(ADD, session));
      }
    }
  }

  /** Holds a session without telling. */
  synchronized void put(HttpSession session) {
    sessions.put(session.key(), session);
  }

  /** Loses a session without telling. */
  synchronized void lose(HttpKey key) {
    sessions.remove(key);
  }

  synchronized void add(HttpSession session) throws IOException {
    put(session);
    send(frame(ADD, session));
  }

  synchronized void update(HttpSession session) throws IOException {
    put(session);
    send(frame(UPDATE, session));
  }

  synchronized void delete(HttpSession session) throws IOException {
    lose(session.key());
    send(frame(DELETE, session));
  }

  /** An addition that tells of nothing that is there. */
  void tell(HttpSession session) throws IOException {
    send(frame(ADD, session));
  }

  void send(byte[] bytes) throws IOException {
    SocketChannel to = current;
    if (to == null) {
      throw new IOException("nobody is connected");
    }
    for (int at = 0; at < bytes.length; at += fragment) {
      ByteBuffer piece = ByteBuffer.wrap(bytes, at, Math.min(fragment, bytes.length - at));
      while (piece.hasRemaining()) {
        to.write(piece);
      }
      if (fragment == Integer.MAX_VALUE) {
        return;
      }
    }
  }

  /** Closes all connections; the process, the listener and the sessions stay. */
  void drop() throws IOException {
    for (SocketChannel connection : connections) {
      connection.close();
    }
  }

  private static byte[] frame(int action, HttpSession session) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {(byte) 0xef, (byte) 0xab, 6, 5, 0, (byte) action, 2, 'f', '1'});
    ByteBuffer ids = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
    ids.putInt((int) session.key().listener());
    ids.putInt((int) session.key().service());
    ids.putInt((int) session.backend());
    out.writeBytes(ids.array());
    byte[] key = session.key().key().toArray();
    out.write(key.length);
    out.writeBytes(key);
    if (action != DELETE) {
      out.write(session.address().length());
      out.writeBytes(session.address().toArray());
      ByteBuffer time = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
      out.writeBytes(time.putLong(session.lastAccessMs() / 1000).array());
    }
    return out.toByteArray();
  }

  @Override
  public void close() {
    try {
      server.close();
      drop();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
