package io.ssyncd.node;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bytes of keepalived's FIFO, cut into lines. What is no line of keepalived's is named in the log,
 * counted and passed over, and so is what is longer than {@value #MAX_LINE} bytes. One thread feeds
 * it; the counters are for any.
 */
final class VrrpLines {
  /** The longest line, in bytes. */
  static final int MAX_LINE = 256;

  /** How much of a line that is none is shown. */
  private static final int SHOWN = 80;

  private static final Logger log = LoggerFactory.getLogger(VrrpLines.class);

  private final Consumer<VrrpLine> heard;
  private final byte[] line = new byte[MAX_LINE];
  private int length;
  private boolean tooLong;
  private final AtomicLong lines = new AtomicLong();
  private final AtomicLong malformed = new AtomicLong();

  /**
   * An empty one.
   *
   * @param heard takes each line, on the thread that feeds
   */
  VrrpLines(Consumer<VrrpLine> heard) {
    this.heard = heard;
  }

  /** How many lines were understood. */
  long lines() {
    return lines.get();
  }

  /** How many were not. */
  long malformed() {
    return malformed.get();
  }

  /** Takes bytes; half a line waits for its other half. */
  void accept(ByteBuffer bytes) {
    while (bytes.hasRemaining()) {
      byte next = bytes.get();
      if (next == '\n') {
        end();
      } else if (length < MAX_LINE) {
        line[length++] = next;
      } else {
        tooLong = true;
      }
    }
  }

  /** Forgets half a line: its other half will not come. */
  void reset() {
    length = 0;
    tooLong = false;
  }

  private void end() {
    String text = new String(line, 0, length, StandardCharsets.ISO_8859_1);
    boolean cut = tooLong;
    reset();
    try {
      if (cut) {
        throw new VrrpLine.Malformed("is longer than " + MAX_LINE + " bytes");
      }
      VrrpLine read = VrrpLine.parse(text);
      lines.incrementAndGet();
      heard.accept(read);
    } catch (VrrpLine.Malformed e) {
      complain(text, e.reason());
    }
  }

  /** The first ones one by one, then each time that there are twice as many: the log is finite. */
  private void complain(String text, String reason) {
    long count = malformed.incrementAndGet();
    if (count <= 8 || Long.bitCount(count) == 1) {
      String shown = text.length() > SHOWN ? text.substring(0, SHOWN) + "..." : text;
      log.warn(
          "a line of keepalived's FIFO is passed over, the {}. so far: \"{}\" {}",
          count,
          shown.replaceAll("[^ -~]", "?"),
          reason);
    }
  }
}
