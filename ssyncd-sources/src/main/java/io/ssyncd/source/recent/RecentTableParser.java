package io.ssyncd.source.recent;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads the text of an xt_recent table as it comes, in pieces of any size:
 *
 * <pre>src=ADDRESS ttl: N last_seen: JIFFIES oldest_pkt: INDEX JIFFIES, JIFFIES, ...</pre>
 *
 * (recent_seq_show in the kernel's net/netfilter/xt_recent.c; IPv6 addresses are printed in full.)
 * A row of nonsense is reported and passed over. One parser reads one table once; not thread-safe.
 */
public final class RecentTableParser {
  /** The longest row: the largest ring of 65,536 stamps, each of 20 digits and a separator. */
  public static final int MAX_ROW_BYTES = 65_536 * 22 + 256;

  /** The most rows of a table that are looked at. */
  public static final int MAX_ROWS = 4_000_000;

  private static final byte[] SRC = ascii("src=");
  private static final byte[] TTL = ascii(" ttl: ");
  private static final byte[] LAST_SEEN = ascii(" last_seen: ");
  private static final byte[] OLDEST = ascii(" oldest_pkt: ");
  private static final byte[] SPACE = ascii(" ");
  private static final byte[] COMMA = ascii(", ");
  private static final byte[] NONE = {};

  private final String table;
  private final RowHandler handler;
  private final RowView row;
  private final RowCursor cursor = new RowCursor();

  /** The begin of a row whose end has not come; the kernel's pieces mostly end with a row. */
  private byte[] rest = NONE;

  private int length;

  /** Where the row that comes next, or has begun, lies in the table's text. */
  private long offset;

  private long line = 1;
  private boolean skipping;

  /**
   * @param table the table's name, for errors
   * @param width of the kernel whose table it is
   * @param handler takes what is read
   */
  public RecentTableParser(String table, JiffiesWidth width, RowHandler handler) {
    this.table = table;
    this.handler = handler;
    this.row = new RowView(width);
  }

  /** Takes the next piece of the table's text. Rows that lie in it whole are not copied. */
  public void feed(byte[] bytes, int from, int count) {
    int end = from + count;
    int at = from;
    for (int i = from; i < end; i++) {
      if (bytes[i] == '\n') {
        if (length == 0) {
          endOfLine(bytes, at, i);
          offset += i + 1 - at;
        } else {
          keep(bytes, at, i + 1 - at);
          endOfLine(rest, 0, length - 1);
          offset += length;
          length = 0;
        }
        at = i + 1;
      }
    }
    keep(bytes, at, end - at);
    if (length > MAX_ROW_BYTES) {
      if (!skipping) {
        malformed(0, "a row of more than " + MAX_ROW_BYTES + " bytes");
      }
      skipping = true;
      offset += length;
      length = 0;
    }
  }

  private void keep(byte[] bytes, int from, int count) {
    if (count > rest.length - length) {
      rest = Arrays.copyOf(rest, Math.max(2 * rest.length, length + count));
    }
    System.arraycopy(bytes, from, rest, length, count);
    length += count;
  }

  /** Says that the table's text has ended. */
  public void end() {
    if (length > 0 && !skipping) {
      malformed(length, "the text ends within a row");
    }
    length = 0;
  }

  /** How many rows were seen, good and bad. */
  public long lines() {
    return line - 1;
  }

  private void endOfLine(byte[] bytes, int from, int to) {
    if (skipping) {
      skipping = false;
    } else if (line > MAX_ROWS) {
      if (line == MAX_ROWS + 1L) {
        malformed(0, "more than " + MAX_ROWS + " rows; the rest is not looked at");
      }
    } else {
      cursor.reset(bytes, from, to);
      String problem = parse();
      if (problem == null) {
        handler.row(row);
      } else {
        malformed(cursor.at - from, problem);
      }
    }
    line++;
  }

  /**
   * @param column where in the row
   */
  private void malformed(int column, String problem) {
    handler.malformed(new MalformedRow(table, line, offset + column, problem));
  }

  /** Fills the view from the cursor's line; null, or what is wrong at the cursor. */
  private @org.jspecify.annotations.Nullable String parse() {
    row.clear();
    if (!cursor.word(SRC)) {
      return "a row begins with src=";
    }
    RecentAddress address = cursor.address();
    if (address == null) {
      return "no address";
    }
    row.address = address;
    if (!cursor.word(TTL) || !cursor.number() || cursor.value < 0 || cursor.value > 255) {
      return "no ttl: of 0 to 255";
    }
    row.ttl = (int) cursor.value;
    if (!cursor.word(LAST_SEEN) || !cursor.number()) {
      return "no last_seen:";
    }
    long lastSeen = cursor.value;
    if (!cursor.word(OLDEST) || !cursor.number() || cursor.value < 0 || cursor.value > 65_536) {
      return "no oldest_pkt: of 0 to 65536";
    }
    int index = (int) cursor.value;
    return stamps(index, lastSeen);
  }

  private @org.jspecify.annotations.Nullable String stamps(int index, long lastSeen) {
    byte[] separator = SPACE;
    do {
      if (!cursor.word(separator) || !cursor.number()) {
        return "a stamp is missing or is no number of 64 bits";
      }
      if (!row.add(cursor.value)) {
        return "more than " + (RowView.MAX_STAMPS - 1) + " stamps";
      }
      separator = COMMA;
    } while (!cursor.ended());
    if (index > row.stamps()) {
      return "oldest_pkt: " + index + " of " + row.stamps() + " stamps";
    }
    row.order(index, lastSeen);
    return null;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
