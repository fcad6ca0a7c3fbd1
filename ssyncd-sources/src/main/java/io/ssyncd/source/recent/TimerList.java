package io.ssyncd.source.recent;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Reads jiffies from {@code /proc/timer_list}: its head says {@code now at N nsecs}, and each
 * processor's part ends with {@code jiffies: J} (kernel/time/timer_list.c). The file is root's
 * alone, and masked in many containers. Not thread-safe.
 */
final class TimerList implements JiffiesReader {
  /** The first processor's part lists its timers; more text than this is no such list. */
  static final int MAX_BYTES = 8 * 1024 * 1024;

  /**
   * The first read is for so few bytes. The kernel prints a processor's part as a whole, so it
   * holds the counter already when the part's begin is handed out; a read for more would end only
   * when much else was printed, which takes 15 ms in an emulated machine.
   */
  static final int FIRST_BYTES = 256;

  private static final int LONGEST_LINE = 256;
  private static final String NOW = "now at ";
  private static final String PROCESSOR = "cpu: ";
  private static final String JIFFIES = "jiffies: ";

  private final Path file;
  private final ByteBuffer buffer = ByteBuffer.allocate(16 * 1024);
  private final StringBuilder line = new StringBuilder(LONGEST_LINE);
  private @Nullable Long now;

  /** The begin of the first processor's part was seen. */
  private boolean printed;

  private @Nullable Long jiffies;

  TimerList(Path file) {
    this.file = file;
  }

  @Override
  public String name() {
    return file.toString();
  }

  @Override
  public Reading read() throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return read(channel);
    }
  }

  /** Reads the list from its begin. */
  Reading read(ReadableByteChannel list) throws IOException {
    now = null;
    printed = false;
    jiffies = null;
    line.setLength(0);
    long total = 0;
    long after = 0;
    buffer.clear().limit(FIRST_BYTES);
    while (jiffies == null && total < MAX_BYTES && list.read(buffer) > 0) {
      // Before the piece is looked through: that takes long in such a machine as well.
      long read = System.nanoTime();
      boolean before = printed;
      total += buffer.position();
      scan();
      after = before ? after : read;
      buffer.clear();
    }
    Long at = now;
    Long count = jiffies;
    if (at == null || count == null) {
      throw new IOException(
          file
              + " does not tell the jiffies: "
              + (at == null ? "no \"now at\"" : "no \"jiffies:\"")
              + " in "
              + total
              + " bytes");
    }
    // Not "now at": who is kept waiting while the list is printed would hold jiffies that are much
    // later. At this moment they had been read.
    return new Reading(after, count);
  }

  private void scan() throws IOException {
    for (int i = 0; i < buffer.position() && jiffies == null; i++) {
      char c = (char) (buffer.get(i) & 0xFF);
      if (c == '\n') {
        take(line);
        line.setLength(0);
      } else if (line.length() < LONGEST_LINE) {
        line.append(c);
      }
    }
  }

  private void take(CharSequence text) throws IOException {
    if (now == null && startsWith(text, NOW)) {
      now = number(text, NOW.length());
    } else if (startsWith(text, PROCESSOR)) {
      printed = true;
    } else if (startsWith(text, JIFFIES)) {
      jiffies = number(text, JIFFIES.length());
    }
  }

  private static boolean startsWith(CharSequence text, String word) {
    return text.length() > word.length() && word.contentEquals(text.subSequence(0, word.length()));
  }

  private long number(CharSequence text, int from) throws IOException {
    byte[] digits =
        text.subSequence(from, text.length()).toString().getBytes(StandardCharsets.ISO_8859_1);
    RowCursor cursor = new RowCursor();
    cursor.reset(digits, 0, digits.length);
    if (!cursor.number()) {
      throw new IOException(file + " holds no number: " + text);
    }
    return cursor.value;
  }
}
