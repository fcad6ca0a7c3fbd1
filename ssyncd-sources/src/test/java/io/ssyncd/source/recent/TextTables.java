package io.ssyncd.source.recent;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Tables whose text a test sets. */
final class TextTables implements TableFiles {
  private final SortedMap<String, String> texts = new TreeMap<>();
  private boolean loaded = true;
  private volatile @Nullable String unreadable;

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
