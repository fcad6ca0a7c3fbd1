package io.ssyncd.sink.recent;

import io.ssyncd.source.recent.JiffiesMoment;
import io.ssyncd.source.recent.RecentAddress;
import io.ssyncd.source.recent.TableFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * Writes with the older restore command, {@code *addr;ttl;stamp;stamp;}, whose faults are lived
 * with: it takes one entry a write, knows no IPv6 (those are written as on a stock kernel), adds to
 * a row that is there (so it is taken out first), and keeps the stamps on the kernel's stack (so
 * they are no more than a ring holds by default).
 */
final class LegacyWriter implements EntryWriter {
  /** The default of {@code ip_pkt_list_tot} in the kernels that this command was made for. */
  static final int MAX_STAMPS = 20;

  private static final int MAX_COMMAND = RecentAddress.MAX_TEXT_BYTES + 8 + MAX_STAMPS * 21;

  private final TableFiles.Commands commands;
  private final StockWriter stock;
  private final JiffiesMoment moment;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(MAX_COMMAND);
  private List<PlannedEntry> chunk = List.of();

  LegacyWriter(TableFiles.Commands commands, StockWriter stock, JiffiesMoment moment) {
    this.commands = commands;
    this.stock = stock;
    this.moment = moment;
  }

  @Override
  public int prepare(List<PlannedEntry> entries, int from, int most) {
    chunk =
        entries.subList(from, Math.min(entries.size(), from + Math.min(StockWriter.CHUNK, most)));
    return chunk.size();
  }

  @Override
  public void flush(BiConsumer<PlannedEntry, String> failed) throws IOException {
    for (PlannedEntry planned : chunk) {
      try {
        if (keepsAges(planned)) {
          if (planned.before() != null) {
            stock.remove(planned.address());
          }
          restore(planned);
        } else {
          stock.add(planned);
        }
      } catch (ClosedChannelException e) {
        throw e;
      } catch (IOException e) {
        failed.accept(planned, String.valueOf(e.getMessage()));
      }
    }
  }

  @Override
  public boolean keepsAges(PlannedEntry planned) {
    return !planned.address().v6();
  }

  /** Writes one IPv4 entry that the table does not hold. */
  void restore(PlannedEntry planned) throws IOException {
    buffer.clear();
    int first = Math.max(0, planned.entry().stamps() - MAX_STAMPS);
    RestoreWriter.line(planned, first, moment, buffer);
    commands.write(buffer.put((byte) ';').flip());
  }
}
