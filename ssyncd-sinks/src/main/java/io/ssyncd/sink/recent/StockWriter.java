package io.ssyncd.sink.recent;

import io.ssyncd.source.recent.RecentAddress;
import io.ssyncd.source.recent.TableFiles;
import io.ssyncd.source.recent.TablePolicy;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * Writes with what every xt_recent understands: {@code +addr} makes an entry seen now, or adds a
 * stamp of now to it. One command a write, for the kernel reads no further.
 */
final class StockWriter implements EntryWriter {
  /** Entries between two looks at the fence: about a millisecond. */
  static final int CHUNK = 512;

  private final TableFiles.Commands commands;
  private final TablePolicy.Hits hits;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(RecentAddress.MAX_TEXT_BYTES + 2);
  private List<PlannedEntry> chunk = List.of();

  StockWriter(TableFiles.Commands commands, TablePolicy.Hits hits) {
    this.commands = commands;
    this.hits = hits;
  }

  @Override
  public int prepare(List<PlannedEntry> entries, int from, int most) {
    chunk = entries.subList(from, Math.min(entries.size(), from + Math.min(CHUNK, most)));
    return chunk.size();
  }

  @Override
  public void flush(BiConsumer<PlannedEntry, String> failed) throws IOException {
    for (PlannedEntry planned : chunk) {
      try {
        add(planned);
      } catch (ClosedChannelException e) {
        throw e;
      } catch (IOException e) {
        failed.accept(planned, String.valueOf(e.getMessage()));
      }
    }
  }

  @Override
  public boolean keepsAges(PlannedEntry planned) {
    return false;
  }

  void add(PlannedEntry planned) throws IOException {
    for (int i = hits(planned, hits); i > 0; i--) {
      command('+', planned.address());
    }
  }

  /** Takes an entry out of the table. */
  void remove(RecentAddress address) throws IOException {
    command('-', address);
  }

  /** How many writes an entry takes. */
  static int hits(PlannedEntry planned, TablePolicy.Hits hits) {
    if (hits == TablePolicy.Hits.PRESENCE) {
      return 1;
    }
    int before = planned.before() == null ? 0 : planned.before().stamps();
    return Math.max(1, planned.entry().stamps() - before);
  }

  private void command(char command, RecentAddress address) throws IOException {
    buffer.clear().put((byte) command);
    address.print(buffer);
    buffer.put((byte) '\n').flip();
    commands.write(buffer);
  }
}
