package io.ssyncd.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The master of an old pair as its backups see it, in the bytes that were captured (vectors 50 and
 * 51): answers a hello with all that it holds, entries before sessions, each in the order of the
 * original's maps, without a mark at the end; then tells what happens. Sends the low 8 bits of ids
 * alone, and whatever is in its memory as the ids of a CLEAR, as the original does. Thread-safe.
 */
public final class OldMaster implements AutoCloseable {
  private static final byte[] HELLO = Vectors.bytes("50");
  private static final int CHUNK_BYTES = 1400;

  private final InetAddress address;
  private final int port;
  private final SortedMap<String, byte[]> sessions = new TreeMap<>();
  private final SortedMap<String, byte[]> entries = new TreeMap<>();
  private final Set<Socket> backups = new HashSet<>();
  private ServerSocket server;
  private long breakAfter = -1;
  private int singleBytes;
  private int hellos;

  private OldMaster(String address) throws IOException {
    this.address = InetAddress.getByName(address);
    this.server = new ServerSocket();
    server.bind(new InetSocketAddress(this.address, 0));
    this.port = server.getLocalPort();
    accept();
  }

  /** One that listens at a free port of that address. */
  public static OldMaster at(String address) {
    try {
      return new OldMaster(address);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** {@code address:port}. */
  public String at() {
    return address.getHostAddress() + ":" + port;
  }

  /** How many backups have asked for everything, ever. */
  public synchronized int hellos() {
    return hellos;
  }

  /** The next answer breaks off after so many bytes, and its connection with it. */
  public synchronized OldMaster breakAfter(long bytes) {
    breakAfter = bytes;
    return this;
  }

  /** Of every answer, so many bytes go out one by one. */
  public synchronized OldMaster singleBytes(int bytes) {
    singleBytes = bytes;
    return this;
  }

  /** Nobody listens any more, and connections end: the host is gone. */
  public synchronized void vanish() {
    try {
      server.close();
      for (Socket backup : backups) {
        backup.close();
      }
      backups.clear();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** It listens again, at the same port. */
  public synchronized void comeBack() {
    try {
      server = new ServerSocket();
      server.setReuseAddress(true);
      server.bind(new InetSocketAddress(address, port));
      accept();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A client came, or came again. */
  public synchronized OldMaster session(
      String farm, int listener, int service, int backend, String key, String ip, long seconds) {
    byte[] add = http(2, farm, listener, service, backend, key, ip, seconds);
    boolean news = sessions.put(place(farm, listener, service, key), add) == null;
    tell(news ? add : http(4, farm, listener, service, backend, key, ip, seconds));
    return this;
  }

  /** A session ended, or its backend died. */
  public synchronized OldMaster sessionGone(String farm, int listener, int service, String key) {
    if (sessions.remove(place(farm, listener, service, key)) != null) {
      tell(http(3, farm, listener, service, 0, key, null, 0));
    }
    return this;
  }

  /** The link to a farm's Pound came or went: all its sessions are forgotten. */
  public synchronized OldMaster clear(String farm) {
    sessions.keySet().removeIf(place -> place.startsWith(farm + "\0"));
    tell(clearOf(farm));
    return this;
  }

  /** How many sessions it holds. */
  public synchronized int sessions() {
    return sessions.size();
  }

  /** A row of a kernel table is now so. */
  public synchronized OldMaster entry(
      String table, String ip, int ttl, int index, long... jiffies) {
    byte[] update = recent(1, table, ip, ttl, index, jiffies);
    entries.put(table + "\0" + ip, update);
    tell(update);
    return this;
  }

  /** A row is gone. */
  public synchronized OldMaster entryGone(String table, String ip) {
    if (entries.remove(table + "\0" + ip) != null) {
      tell(recent(2, table, ip, 0, 0));
    }
    return this;
  }

  /** How many entries it holds. */
  public synchronized int entries() {
    return entries.size();
  }

  /** Sends these bytes to all backups, whatever they are. */
  public synchronized void tell(byte[] bytes) {
    backups.removeIf(
        backup -> {
          try {
            backup.getOutputStream().write(bytes);
            return false;
          } catch (IOException gone) {
            return true;
          }
        });
  }

  private void accept() {
    ServerSocket now = server;
    Thread thread =
        new Thread(
            () -> {
              while (!now.isClosed()) {
                try {
                  Socket backup = now.accept();
                  backup.setTcpNoDelay(true);
                  Thread serving = new Thread(() -> serve(backup), "old-master-backup");
                  serving.setDaemon(true);
                  serving.start();
                } catch (IOException closed) {
                  return;
                }
              }
            },
            "old-master");
    thread.setDaemon(true);
    thread.start();
  }

  private void serve(Socket backup) {
    try {
      byte[] hello = backup.getInputStream().readNBytes(HELLO.length);
      if (!Arrays.equals(hello, HELLO)) {
        throw new AssertionError("no hello of a backup: " + Arrays.toString(hello));
      }
      synchronized (this) {
        hellos++;
        dump(backup);
        backups.add(backup);
      }
    } catch (IOException gone) {
      synchronized (this) {
        backups.remove(backup);
      }
    }
  }

  private void dump(Socket backup) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] entry : entries.values()) {
      all.writeBytes(entry);
    }
    for (byte[] session : sessions.values()) {
      all.writeBytes(session);
    }
    byte[] bytes = all.toByteArray();
    int end = breakAfter < 0 ? bytes.length : (int) Math.min(breakAfter, bytes.length);
    breakAfter = -1;
    OutputStream out = backup.getOutputStream();
    for (int at = 0; at < end; ) {
      int part = at < singleBytes ? 1 : Math.min(CHUNK_BYTES, end - at);
      out.write(bytes, at, part);
      at += part;
    }
    if (end < bytes.length) {
      backup.close();
      throw new IOException("broken off");
    }
  }

  private static String place(String farm, int listener, int service, String key) {
    return "%s\0%010d\0%010d\0%s".formatted(farm, listener, service, key);
  }

  /** The captured one, for another farm: its ids are what was in the original's memory. */
  private static byte[] clearOf(String farm) {
    byte[] captured = Arrays.copyOf(Vectors.bytes("51"), 22);
    Frame frame = new Frame(6).u8(0).counted(farm);
    frame.bytes(Arrays.copyOfRange(captured, 9, 22));
    return frame.end();
  }

  /** A frame of a session, as the original writes it. */
  public static byte[] http(
      int action,
      String farm,
      int listener,
      int service,
      int backend,
      String key,
      @Nullable String ip,
      long seconds) {
    Frame frame = new Frame(6).u8(action).counted(farm);
    frame.id(listener).id(service).id(backend).counted(key);
    if (ip != null) {
      frame.counted(ip).u64(seconds);
    }
    return frame.end();
  }

  /** A frame of an entry, as the original writes it: its table's name lacks the NUL it counts. */
  public static byte[] recent(
      int action, String table, String ip, int ttl, int index, long... jiffies) {
    Frame frame = new Frame(4).u8(action).u8(1);
    for (String part : ip.split("\\.", -1)) {
      frame.u8(Integer.parseInt(part));
    }
    if (action == 1) {
      frame.u8(index).u8(ttl).u8(jiffies.length);
      for (long stamp : jiffies) {
        frame.u64(stamp);
      }
    }
    return frame.u8(table.length() + 1).bytes(Frame.latin1(table)).end();
  }

  @Override
  public void close() {
    vanish();
  }

  /** Bytes of a frame that grows. */
  private static final class Frame {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Frame(int type) {
      u8(0xef).u8(0xab).u8(type).u8(0).u8(0);
    }

    static byte[] latin1(String text) {
      return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    Frame u8(int value) {
      out.write(value);
      return this;
    }

    Frame bytes(byte[] bytes) {
      out.writeBytes(bytes);
      return this;
    }

    Frame counted(String text) {
      return u8(text.length()).bytes(latin1(text));
    }

    /** The low byte alone: the original shifts the others away. */
    Frame id(int id) {
      return u8(id).u8(0).u8(0).u8(0);
    }

    Frame u64(long value) {
      for (int i = 0; i < Long.BYTES; i++) {
        u8((int) (value >>> 8 * i));
      }
      return this;
    }

    byte[] end() {
      byte[] bytes = out.toByteArray();
      bytes[3] = (byte) bytes.length;
      bytes[4] = (byte) (bytes.length >> 8);
      return bytes;
    }
  }
}
