package io.ssyncd.log;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * What the log drives. All methods are called by one thread, never two at once, and must give the
 * same result on every member.
 */
public interface StateMachine {
  /**
   * Applies a committed entry.
   *
   * @param index the entry's place in the log, larger than every one before
   * @param entry the bytes that were proposed; the callee may keep them
   * @return what became of it
   * @throws RuntimeException only if this member cannot go on (an entry of a newer version, a bug):
   *     the log then halts this member rather than let its table differ
   */
  Outcome apply(long index, byte[] entry);

  /**
   * Writes the whole state. Streams: the state may be larger than memory to spare.
   *
   * @throws IOException as {@code to} does; the log then halts the member rather than take an
   *     incomplete snapshot for a good one
   */
  void writeSnapshot(OutputStream to) throws IOException;

  /**
   * Replaces the whole state by one that {@link #writeSnapshot} wrote, or leaves it as it was.
   *
   * @param from exactly what was written: it ends where the snapshot does, and bytes after that are
   *     taken for damage
   * @throws IOException if {@code from} is damaged or incomplete; the log then halts the member
   */
  void readSnapshot(InputStream from) throws IOException;
}
