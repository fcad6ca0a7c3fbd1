package io.ssyncd.sink.recent;

import io.ssyncd.node.FencedException;
import io.ssyncd.node.Reason;
import io.ssyncd.node.ScopeReport;
import io.ssyncd.node.WriteOrder;
import io.ssyncd.session.RecentEntry;
import io.ssyncd.session.Scope;
import io.ssyncd.source.recent.JiffiesMoment;
import io.ssyncd.source.recent.KernelTable;
import io.ssyncd.source.recent.KernelTables;
import io.ssyncd.source.recent.RecentAddress;
import io.ssyncd.source.recent.RecentRow;
import io.ssyncd.source.recent.TableFiles;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.NoSuchFileException;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Carries a plan out on one table, and reads it back. The table's lock is held. */
final class TableWrite {
  private final KernelTables tables;
  private final KernelTable table;
  private final WritePlan plan;
  private final WritePlan.Circumstances in;
  private final Removals removals;

  /** What the kernel refused. By identity: a hash of an entry takes all its stamps. */
  private final Map<PlannedEntry, String> failed = new IdentityHashMap<>();

  private int shortened;
  private int done;

  TableWrite(
      KernelTables tables,
      KernelTable table,
      WritePlan plan,
      WritePlan.Circumstances in,
      Removals removals) {
    this.tables = tables;
    this.table = table;
    this.plan = plan;
    this.in = in;
    this.removals = removals;
  }

  /**
   * Writes and reads back.
   *
   * @param tally counts what was applied, mismatched, and refused because the table went away
   */
  void run(WriteOrder.Fence fence, ScopeReport.Tally tally)
      throws IOException, InterruptedException, FencedException {
    plan.adopted().forEach(this::adopt);
    if (plan.writes().isEmpty() && plan.stale().isEmpty()) {
      return;
    }
    try {
      write(fence);
      verify(plan.writes(), tally);
    } catch (FencedException | InterruptedException | ClosedByInterruptException e) {
      remember(e);
      throw e;
    } catch (NoSuchFileException e) {
      String example = "table " + table.name() + " went away while it was written";
      tally.refused(Reason.TABLE_MISSING, plan.writes().size(), example);
    }
  }

  private void adopt(PlannedEntry planned) {
    if (planned.before() != null) {
      removals.stamped(table, planned.before(), planned.entry());
    }
  }

  /** The write ends early; what has gone in is this node's writing all the same. */
  private void remember(Exception end) {
    boolean unused = Thread.interrupted();
    try {
      verify(plan.writes().subList(0, done), new ScopeReport.Tally(Scope.table(table.name())));
    } catch (IOException e) {
      end.addSuppressed(e);
    }
  }

  private void write(WriteOrder.Fence fence)
      throws IOException, InterruptedException, FencedException {
    try (TableFiles.Commands commands = tables.files().open(table.name())) {
      StockWriter stock = new StockWriter(commands, in.policy().hits());
      EntryWriter writer = writer(commands, stock);
      List<PlannedEntry> writes = plan.writes();
      for (RecentAddress address : plan.stale()) {
        stock.remove(address);
        table.removed(address);
      }
      Room room = new Room(stock);
      while (done < writes.size()) {
        check(fence);
        int count = writer.prepare(writes, done, room.next(writes, done));
        writer.flush(failed::put);
        done += count;
      }
    }
  }

  private EntryWriter writer(TableFiles.Commands commands, StockWriter stock) {
    JiffiesMoment moment = in.moment();
    if (moment == null || in.command() == Command.STOCK) {
      return stock;
    }
    return in.command() == Command.RESTORE
        ? new RestoreWriter(commands, moment)
        : new LegacyWriter(commands, stock, moment);
  }

  private void check(WriteOrder.Fence fence) throws InterruptedException, FencedException {
    String where = "after " + done + " of " + plan.writes().size() + " entries of " + table.name();
    if (Thread.interrupted()) {
      throw new InterruptedException("the write was interrupted " + where);
    }
    if (!fence.holds()) {
      throw new FencedException("the write stopped " + where + ": " + fence.why());
    }
  }

  private void verify(List<PlannedEntry> writes, ScopeReport.Tally tally) throws IOException {
    Map<RecentAddress, RecentRow> rows = tables.read(table.name());
    for (PlannedEntry planned : writes) {
      String refusal = failed.get(planned);
      RecentRow row = rows.get(planned.address());
      ReadBack.Left left = row == null ? null : left(planned, row);
      if (refusal != null) {
        tally.mismatched(planned.address() + ": the kernel refused it: " + refusal);
      } else if (row == null) {
        tally.mismatched(planned.address() + ": not in the table after it was written");
      } else if (left == null || left.row() == null) {
        tally.mismatched(planned.address() + ": read back as " + row);
      } else {
        tally.applied(1);
        if (left.stamps() > 0) {
          known(planned, left.row());
        }
        shortened += left.stamps() < planned.entry().stamps() ? 1 : 0;
      }
    }
    if (in.command() != Command.STOCK && shortened > 0) {
      tally.note(shortened + " entries have more hits than their table's rows hold: the newest");
    }
  }

  private void known(PlannedEntry planned, RecentRow row) {
    if (keepsAges(planned)) {
      table.written(row, planned.entry());
    } else {
      removals.stamped(table, row, planned.entry());
    }
  }

  private boolean keepsAges(PlannedEntry planned) {
    return in.moment() != null
        && (in.command() == Command.RESTORE
            || (in.command() == Command.LEGACY && !planned.address().v6()));
  }

  private ReadBack.@Nullable Left left(PlannedEntry planned, RecentRow row) {
    JiffiesMoment moment = in.moment();
    RecentEntry entry = planned.entry();
    return keepsAges(planned) && moment != null
        ? ReadBack.restored(entry, row, moment)
        : ReadBack.added(
            planned.before(),
            row,
            StockWriter.hits(planned, in.policy().hits()),
            tables.clock().width());
  }

  /** Takes rows out, oldest first, each just before the one entry that takes its place. */
  private final class Room {
    private final StockWriter stock;
    private long free;
    private int victim;

    Room(StockWriter stock) {
      this.stock = stock;
      long fresh = plan.writes().stream().filter(planned -> planned.before() == null).count();
      this.free = fresh - plan.victims().size();
    }

    /** Makes room, and says how many entries there is room for. */
    int next(List<PlannedEntry> writes, int from) throws IOException {
      if (victim == plan.victims().size()) {
        return Integer.MAX_VALUE;
      }
      if (writes.get(from).before() == null) {
        if (free > 0) {
          free--;
        } else {
          RecentAddress address = plan.victims().get(victim++);
          stock.remove(address);
          table.removed(address);
        }
      }
      return 1;
    }
  }
}
