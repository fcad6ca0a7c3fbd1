package io.ssyncd.sink.recent;

import io.ssyncd.source.recent.RecentAddress;
import io.ssyncd.source.recent.TableFiles;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** Tables with the manners of xt_recent: stock, with the older restore command, or with ours. */
final class FakeKernel implements TableFiles {
  static final int HZ = 250;

  final List<String> commands = new ArrayList<>();
  private final SortedMap<String, Map<RecentAddress, Row>> tables = new TreeMap<>();
  private final Command understands;
  private final long base =
      (1L << 32)
          + Math.round((System.nanoTime() / 1e9 - 300) * HZ)
          - System.nanoTime() * HZ / 1_000_000_000;
  int room = 100;
  int ring = 32;

  /** How many reads of which table end with EIO, as those of a table that goes away meanwhile. */
  final Map<String, Integer> failing = new TreeMap<>();

  /** How many lines of a restore are applied at most. */
  int linesPerWrite = Integer.MAX_VALUE;

  /** Called after each write, with the table's name and the command. */
  BiConsumer<String, String> afterWrite = (table, command) -> {};

  /** Called after each read, with the table's name. */
  Consumer<String> afterRead = table -> {};

  static final class Row {
    int ttl;
    final List<Long> stamps = new ArrayList<>();
  }

  FakeKernel(Command understands) {
    this.understands = understands;
  }

  long jiffies() {
    return base + System.nanoTime() * HZ / 1_000_000_000;
  }

  synchronized void table(String name) {
    tables.put(name, new LinkedHashMap<>());
  }

  @Override
  public synchronized boolean isEmpty(String table) throws IOException {
    Map<RecentAddress, Row> rows = tables.get(table);
    if (rows == null) {
      throw new NoSuchFileException(table);
    }
    return rows.isEmpty();
  }

  synchronized void drop(String name) {
    tables.remove(name);
  }

  synchronized Map<RecentAddress, Row> rows(String name) {
    return tables.get(name);
  }

  /** A packet, so many jiffies ago. */
  synchronized void packet(String table, RecentAddress address, long ticksAgo) {
    touch(tables.get(table), address, jiffies() - ticksAgo).ttl = 64;
  }

  private Row touch(Map<RecentAddress, Row> rows, RecentAddress address, long stamp) {
    Row row = rows.remove(address);
    if (row == null) {
      row = new Row();
      evict(rows);
    }
    row.stamps.add(stamp);
    cut(row);
    rows.put(address, row);
    return row;
  }

  private void evict(Map<RecentAddress, Row> rows) {
    if (rows.size() >= room) {
      rows.remove(rows.keySet().iterator().next());
    }
  }

  private void cut(Row row) {
    while (row.stamps.size() > ring) {
      row.stamps.remove(0);
    }
  }

  @Override
  public synchronized List<String> names() {
    return List.copyOf(tables.keySet());
  }

  @Override
  public synchronized void read(String table, Piece to) throws IOException {
    if (failing.merge(table, -1, Integer::sum) >= 0) {
      throw new IOException("Input/output error");
    }
    StringBuilder text = new StringBuilder();
    existing(table)
        .forEach(
            (address, row) -> {
              text.append("src=").append(address).append(" ttl: ").append(row.ttl);
              text.append(" last_seen: ").append(row.stamps.get(row.stamps.size() - 1));
              text.append(" oldest_pkt: ").append(row.stamps.size()).append(' ');
              text.append(String.join(", ", row.stamps.stream().map(String::valueOf).toList()));
              text.append('\n');
            });
    byte[] bytes = text.toString().getBytes(StandardCharsets.US_ASCII);
    to.take(bytes, 0, bytes.length);
    afterRead.accept(table);
  }

  private Map<RecentAddress, Row> existing(String table) throws NoSuchFileException {
    Map<RecentAddress, Row> rows = tables.get(table);
    if (rows == null) {
      throw new NoSuchFileException(table);
    }
    return rows;
  }

  @Override
  public synchronized Commands open(String table) throws IOException {
    Map<RecentAddress, Row> opened = existing(table);
    return new Commands() {
      @Override
      public int write(ByteBuffer buffer) throws IOException {
        if (rows(table) != opened) {
          throw new IOException("Input/output error"); // also if one of its name was made anew
        }
        String text = StandardCharsets.US_ASCII.decode(buffer.duplicate()).toString();
        int taken = take(table, text);
        buffer.position(buffer.position() + taken);
        afterWrite.accept(table, text);
        return taken;
      }

      @Override
      public void close() {}
    };
  }

  private synchronized int take(String table, String text) throws IOException {
    Map<RecentAddress, Row> rows = existing(table);
    switch (text.charAt(0)) {
      case '/' -> {
        commands.add("/");
        rows.clear();
      }
      case '+', '-' -> stock(rows, text);
      case '*' -> {
        return restore(rows, text);
      }
      default -> throw invalid();
    }
    return text.length();
  }

  private void stock(Map<RecentAddress, Row> rows, String text) throws IOException {
    String first = text.substring(0, text.indexOf('\n'));
    commands.add(first);
    RecentAddress address = address(first.substring(1));
    if (first.charAt(0) == '+') {
      touch(rows, address, jiffies());
    } else {
      rows.remove(address);
    }
  }

  private int restore(Map<RecentAddress, Row> rows, String text) throws IOException {
    if (understands == Command.STOCK) {
      throw invalid();
    }
    if (understands == Command.LEGACY) {
      line(rows, text.substring(0, text.length() - 1), false);
      return text.length();
    }
    int done = 0;
    for (int lines = 0; done < text.length() && lines < linesPerWrite; lines++) {
      int end = text.indexOf('\n', done);
      try {
        line(rows, text.substring(done, end), true);
      } catch (IOException e) {
        if (done == 0) {
          throw e;
        }
        break;
      }
      done = end + 1;
    }
    return done;
  }

  private void line(Map<RecentAddress, Row> rows, String line, boolean replace) throws IOException {
    if (line.contains(":") && understands == Command.LEGACY) {
      throw invalid();
    }
    commands.add(line);
    String[] fields = line.substring(1).split(";", -1);
    RecentAddress address = address(fields[0]);
    if (address.equals(refused)) {
      throw invalid();
    }
    Row row = replace || !rows.containsKey(address) ? new Row() : rows.get(address);
    if (rows.remove(address) == null) {
      evict(rows);
    }
    row.ttl = Integer.parseInt(fields[1]);
    for (int i = 2; i < fields.length; i++) {
      row.stamps.add(Math.min(jiffies(), Long.parseUnsignedLong(fields[i])));
    }
    cut(row);
    rows.put(address, row);
  }

  /** An address that no restore is taken for. */
  @org.jspecify.annotations.Nullable RecentAddress refused;

  static RecentAddress address(String text) throws IOException {
    return RecentAddress.of(io.ssyncd.session.Bytes.of(InetAddress.getByName(text).getAddress()));
  }

  private static IOException invalid() {
    return new IOException("Invalid argument");
  }
}
