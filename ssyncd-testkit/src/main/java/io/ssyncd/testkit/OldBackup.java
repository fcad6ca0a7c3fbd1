package io.ssyncd.testkit;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The backup of an old pair: says the captured hello (vector 50), and keeps what its master tells,
 * by the original's rules but for its defects. Reads until {@link #stall}. Thread-safe.
 */
public final class OldBackup implements AutoCloseable {
  private final Socket socket = new Socket();
  private final SortedMap<String, String> sessions = new TreeMap<>();
  private final SortedMap<String, String> entries = new TreeMap<>();
  private volatile boolean stalled;
  private volatile boolean ended;
  private int clears;

  /** One that is connected and has said hello. */
  public OldBackup(String host, int port) {
    try {
      socket.setReceiveBufferSize(16 * 1024);
      socket.connect(new InetSocketAddress(host, port), 10_000);
      socket.getOutputStream().write(Vectors.bytes("50"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread thread = new Thread(this::read, "old-backup");
    thread.setDaemon(true);
    thread.start();
  }

  /** Reads nothing any more, and stays. */
  public void stall() {
    stalled = true;
  }

  /** Whether its master has closed the connection. */
  public boolean ended() {
    return ended;
  }

  /** {@code backend address seconds} by {@code farm listener service key}. */
  public synchronized SortedMap<String, String> sessions() {
    return new TreeMap<>(sessions);
  }

  /** The stamps, oldest first, by {@code table address}. */
  public synchronized SortedMap<String, String> entries() {
    return new TreeMap<>(entries);
  }

  /** How often it was told to forget a farm. */
  public synchronized int clears() {
    return clears;
  }

  private void read() {
    try (DataInputStream in = new DataInputStream(socket.getInputStream())) {
      while (!stalled) {
        byte[] head = new byte[5];
        in.readFully(head);
        if ((head[0] & 0xff) != 0xef || (head[1] & 0xff) != 0xab) {
          throw new AssertionError("no frame");
        }
        byte[] body = new byte[(head[3] & 0xff | (head[4] & 0xff) << 8) - 5];
        in.readFully(body);
        take(head[2], ByteBuffer.wrap(body).order(ByteOrder.LITTLE_ENDIAN));
      }
      Thread.sleep(Long.MAX_VALUE);
    } catch (IOException | InterruptedException end) {
      ended = true;
    }
  }

  private synchronized void take(int type, ByteBuffer in) {
    if (type == 6) {
      http(in);
    } else if (type == 4) {
      recent(in);
    }
  }

  private void http(ByteBuffer in) {
    int action = in.get();
    String farm = counted(in, 0);
    int listener = in.getInt();
    int service = in.getInt();
    int backend = in.getInt();
    String key = farm + " " + listener + " " + service + " " + counted(in, 0);
    switch (action) {
      case 0 -> {
        clears++;
        sessions.keySet().removeIf(each -> each.startsWith(farm + " "));
      }
      case 2, 4 -> sessions.put(key, backend + " " + counted(in, 0) + " " + in.getLong());
      case 3 -> sessions.remove(key);
      default -> throw new AssertionError("action " + action);
    }
    if (in.hasRemaining()) {
      throw new AssertionError("a frame is longer than it is");
    }
  }

  private void recent(ByteBuffer in) {
    int action = in.get();
    if (action == 3) {
      String table = counted(in, -1);
      entries.keySet().removeIf(each -> each.startsWith(table + " "));
      return;
    }
    in.get();
    String ip =
        "%d.%d.%d.%d".formatted(in.get() & 0xff, in.get() & 0xff, in.get() & 0xff, in.get() & 0xff);
    StringBuilder stamps = new StringBuilder();
    if (action == 1) {
      in.get();
      stamps.append(in.get() & 0xff);
      int count = in.get() & 0xff;
      for (int i = 0; i < count; i++) {
        stamps.append(' ').append(in.getLong());
      }
    }
    String key = counted(in, -1) + " " + ip;
    if (action == 1) {
      entries.put(key, stamps.toString());
    } else {
      entries.remove(key);
    }
  }

  private static String counted(ByteBuffer in, int more) {
    byte[] bytes = new byte[(in.get() & 0xff) + more];
    in.get(bytes);
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
