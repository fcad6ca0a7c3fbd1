package io.ssyncd.source.recent;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Learns jiffies from a table made for it: what is written there is stamped with the moment, and
 * can be read back. Not thread-safe.
 */
final class ScratchTable implements JiffiesReader {
  /** 192.0.2.1 is for documentation (RFC 5737): no packet comes from there. */
  private static final byte[] ADD = "+192.0.2.1\n".getBytes(StandardCharsets.US_ASCII);

  private static final RecentAddress ADDRESS = new RecentAddress(false, 0, 0xC000_0201L);

  private final TableFiles files;
  private final String table;
  private final JiffiesWidth width;

  ScratchTable(TableFiles files, String table, JiffiesWidth width) {
    this.files = files;
    this.table = table;
    this.width = width;
  }

  @Override
  public String name() {
    return "table " + table;
  }

  @Override
  public Reading read() throws IOException {
    try (TableFiles.Commands commands = files.open(table)) {
      commands.write(ByteBuffer.wrap(ADD));
    }
    LastSeen lastSeen = new LastSeen();
    RecentTableParser parser = new RecentTableParser(table, width, lastSeen);
    files.read(table, parser::feed);
    parser.end();
    // Not before the table was read: whoever else writes there may have stamped the row since.
    long after = System.nanoTime();
    Long jiffies = lastSeen.jiffies;
    if (jiffies == null) {
      throw new IOException("table " + table + " does not hold what was written to it");
    }
    return new Reading(after, jiffies);
  }

  private static final class LastSeen implements RowHandler {
    @Nullable Long jiffies;

    @Override
    public void row(RowView row) {
      if (row.address().equals(ADDRESS)) {
        jiffies = row.lastSeen();
      }
    }

    @Override
    public void malformed(MalformedRow row) {
      // The caller says that the row is not there.
    }
  }
}
