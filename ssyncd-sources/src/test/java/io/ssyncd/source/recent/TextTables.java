package io.ssyncd.source.recent;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Tables whose text a test sets. */
final class TextTables implements TableFiles {
  private final SortedMap<String, String> texts = new TreeMap<>();
  private final AtomicInteger pieces = new AtomicInteger();
  private boolean loaded = true;
  private volatile @Nullable String unreadable;
  private volatile @Nullable String endless;
  private volatile @Nullable String underWay;

  synchronized void set(String table, String... rows) {
    texts.put(table, String.join("", rows));
  }

  synchronized void drop(String table) {
    texts.remove(table);
  }

  /** No look at this table succeeds; null for none. */
  void unreadable(@Nullable String table) {
    unreadable = table;
  }

  synchronized void loaded(boolean now) {
    loaded = now;
  }

  /** A look at this table, once begun, has no end; null for none. */
  void endless(@Nullable String table) {
    endless = table;
  }

  /** The table that an endless look is at. */
  @Nullable String underWay() {
    return underWay;
  }

  /** How many pieces endless looks have handed out. */
  int pieces() {
    return pieces.get();
  }

  @Override
  public synchronized List<String> names() throws IOException {
    if (!loaded) {
      throw new NoSuchFileException("/proc/net/xt_recent");
    }
    return List.copyOf(texts.keySet());
  }

  private synchronized @Nullable String text(String table) {
    return texts.get(table);
  }

  @Override
  public boolean isEmpty(String table) throws IOException {
    String text = text(table);
    if (text == null) {
      throw new NoSuchFileException(table);
    }
    return text.isEmpty();
  }

  @Override
  public void read(String table, Piece to) throws IOException {
    String text = text(table);
    if (text == null) {
      throw new NoSuchFileException(table);
    }
    if (table.equals(unreadable)) {
      throw new IOException(table + ": no memory for it");
    }
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    to.take(bytes, 0, bytes.length);
    while (table.equals(endless)) {
      underWay = table;
      pieces.incrementAndGet();
      LockSupport.parkNanos(1_000_000);
      to.take(bytes, 0, 0);
    }
    underWay = table.equals(underWay) ? null : underWay;
  }

  @Override
  public Commands open(String table) {
    return new Commands() {
      @Override
      public int write(ByteBuffer commands) throws IOException {
        throw new IOException("nothing is written here");
      }

      @Override
      public void close() {}
    };
  }
}
