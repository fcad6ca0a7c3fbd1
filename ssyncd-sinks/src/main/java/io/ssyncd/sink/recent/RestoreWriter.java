package io.ssyncd.sink.recent;

import io.ssyncd.session.RecentEntry;
import io.ssyncd.source.recent.JiffiesMoment;
import io.ssyncd.source.recent.RecentAddress;
import io.ssyncd.source.recent.TableFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * Writes with the restore command of this project's module: lines of {@code *addr;ttl;stamps},
 * oldest stamp first, as many as fit a write. The kernel answers how many bytes of whole lines it
 * has applied, and refuses a write whose first line it cannot apply.
 */
final class RestoreWriter implements EntryWriter {
  /** What the module takes at once. */
  static final int MAX_WRITE = 1 << 20;

  /** An address, a ttl and punctuation, and 20 digits and a separator for each stamp. */
  static final int MAX_LINE = RecentAddress.MAX_TEXT_BYTES + 8 + RecentEntry.MAX_STAMPS * 21;

  private final TableFiles.Commands commands;
  private final JiffiesMoment moment;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(MAX_WRITE);
  private final List<Integer> ends = new ArrayList<>();
  private List<PlannedEntry> chunk = List.of();

  RestoreWriter(TableFiles.Commands commands, JiffiesMoment moment) {
    this.commands = commands;
    this.moment = moment;
  }

  @Override
  public int prepare(List<PlannedEntry> entries, int from, int most) {
    buffer.clear();
    ends.clear();
    int next = from;
    int end = (int) Math.min(entries.size(), (long) from + most);
    while (next < end && buffer.remaining() >= MAX_LINE) {
      PlannedEntry planned = entries.get(next++);
      line(planned, 0, moment, buffer);
      buffer.put((byte) '\n');
      ends.add(buffer.position());
    }
    buffer.flip();
    chunk = entries.subList(from, next);
    return chunk.size();
  }

  /** Appends {@code *addr;ttl;stamp;stamp...} from the stamp at {@code first} on. */
  static void line(PlannedEntry planned, int first, JiffiesMoment moment, ByteBuffer to) {
    RecentEntry entry = planned.entry();
    to.put((byte) '*');
    planned.address().print(to);
    to.put((byte) ';');
    RecentAddress.decimal(entry.ttl(), to);
    for (int i = first; i < entry.stamps(); i++) {
      to.put((byte) ';');
      RecentAddress.decimal(moment.toJiffies(entry.stampMs(i)), to);
    }
  }

  @Override
  public void flush(BiConsumer<PlannedEntry, String> failed) throws IOException {
    int line = 0;
    while (line < chunk.size()) {
      int begin = line == 0 ? 0 : ends.get(line - 1);
      try {
        buffer.position(begin);
        int end = begin + commands.write(buffer);
        int applied = line;
        while (applied < chunk.size() && ends.get(applied) <= end) {
          applied++;
        }
        if (applied == line) {
          failed.accept(
              chunk.get(line++), "the kernel took " + (end - begin) + " bytes of its line");
        } else {
          line = applied;
        }
      } catch (ClosedChannelException e) {
        throw e;
      } catch (IOException e) {
        failed.accept(chunk.get(line++), String.valueOf(e.getMessage()));
      }
    }
  }

  @Override
  public boolean keepsAges(PlannedEntry planned) {
    return true;
  }
}
