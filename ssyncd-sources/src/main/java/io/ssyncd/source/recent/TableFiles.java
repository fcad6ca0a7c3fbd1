package io.ssyncd.source.recent;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/** Where the kernel shows its tables: a folder with a file for each. Thread-safe. */
public interface TableFiles {
  /** The most tables that are looked at. */
  int MAX_TABLES = 4096;

  /**
   * The names of all tables, in order; at most {@value #MAX_TABLES}.
   *
   * @throws IOException if there is no such folder: xt_recent is not loaded
   */
  List<String> names() throws IOException;

  /**
   * Reads a table from begin to end. The kernel hands out pieces of 4 KB and lets go of its lock in
   * between: of a longer table a row may be missing, or come twice, when others come and go.
   *
   * @throws java.nio.file.NoSuchFileException if no rule names the table
   */
  void read(String table, Piece to) throws IOException;

  /**
   * Whether a table has no row; reads one at most.
   *
   * @throws java.nio.file.NoSuchFileException if no rule names the table
   */
  boolean isEmpty(String table) throws IOException;

  /**
   * Opens a table for commands.
   *
   * @throws java.nio.file.NoSuchFileException if no rule names the table
   */
  Commands open(String table) throws IOException;

  /** Takes a piece of a table's text. */
  @FunctionalInterface
  interface Piece {
    /** The bytes are reused after the call. */
    void take(byte[] bytes, int from, int count);
  }

  /** A table that is open for commands. Not thread-safe. */
  interface Commands extends Closeable {
    /**
     * Hands the kernel one write, at position 0: it refuses any other.
     *
     * @return how many bytes it took; the buffer's position has moved by as many
     * @throws IOException if it refused the first command of the buffer
     */
    int write(ByteBuffer commands) throws IOException;
  }
}
