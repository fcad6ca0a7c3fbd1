package io.ssyncd.sink.recent;

import io.ssyncd.node.FencedException;
import io.ssyncd.node.Reason;
import io.ssyncd.node.ScopeReport;
import io.ssyncd.node.WriteOrder;
import io.ssyncd.session.RecentEntry;
import io.ssyncd.session.Scope;
import io.ssyncd.session.SessionRecord;
import io.ssyncd.source.recent.JiffiesMoment;
import io.ssyncd.source.recent.KernelTable;
import io.ssyncd.source.recent.KernelTables;
import io.ssyncd.source.recent.RecentAddress;
import io.ssyncd.source.recent.RecentRow;
import io.ssyncd.source.recent.XtRecentModule;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One order, as each of its tables is written: what they share is looked up once. For the thread of
 * the write.
 */
final class OrderedWrite {
  private static final Logger log = LoggerFactory.getLogger(OrderedWrite.class);

  private final KernelTables tables;
  private final WriteOrder order;
  private final CommandProbe probe;
  private final Removals removals;
  private final TableWarnings warnings;
  private final Siblings siblings;
  private final XtRecentModule module;

  /**
   * A write that begins.
   *
   * @param removals are told of what has to go again
   * @param warnings are told of what is wrong with the tables
   */
  OrderedWrite(
      KernelTables tables,
      WriteOrder order,
      CommandProbe probe,
      Removals removals,
      TableWarnings warnings) {
    this.tables = tables;
    this.order = order;
    this.probe = probe;
    this.removals = removals;
    this.warnings = warnings;
    this.siblings = Siblings.of(order.table());
    this.module = tables.module();
  }

  /** The report on a table that is not there: nothing of it can be written. */
  ScopeReport missing(String name) {
    Scope scope = Scope.table(name);
    int count = order.table().records(scope).size();
    String why =
        tables.selects(name) ? "no rule names table " + name : "recent.tables leaves out " + name;
    warnings.warn("table-missing", name, why + "; " + count + " entries are not written");
    return new ScopeReport.Tally(scope)
        .refused(Reason.TABLE_MISSING, count, why)
        .note(why)
        .report();
  }

  /** Writes a table that is there, and reads it back. */
  ScopeReport write(String name) throws IOException, InterruptedException, FencedException {
    KernelTable table = tables.table(name);
    List<RecentEntry> entries = entries(order.table().records(Scope.table(name)));
    table.lock().lockInterruptibly();
    try {
      return writeOrAgain(table, entries);
    } catch (NoSuchFileException e) {
      return missing(name);
    } finally {
      table.lock().unlock();
    }
  }

  /**
   * A table that goes away while it is open answers EIO from then on, also when one of its name is
   * made anew: then that is the one to write.
   */
  private ScopeReport writeOrAgain(KernelTable table, List<RecentEntry> entries)
      throws IOException, InterruptedException, FencedException {
    try {
      return write(table, entries);
    } catch (NoSuchFileException | ClosedByInterruptException e) {
      throw e;
    } catch (IOException e) {
      log.warn("table {} is written once more: {}", table.name(), e.toString());
      return write(table, entries);
    }
  }

  private ScopeReport write(KernelTable table, List<RecentEntry> entries)
      throws IOException, InterruptedException, FencedException {
    ScopeReport.Tally tally = new ScopeReport.Tally(Scope.table(table.name()));
    Map<RecentAddress, RecentRow> rows = tables.read(table.name());
    TableNotes notes = new TableNotes(module, table.name(), tally);
    JiffiesMoment moment = null;
    try {
      moment = entries.isEmpty() ? null : tables.clock().moment();
    } catch (IOException e) {
      notes.noClock(e);
      warnings.warn("jiffies-clock", "", String.valueOf(e.getMessage()));
    }
    Command command = probe.command(table, module, entries, rows, moment, order.dryRun());
    WritePlan.Circumstances in =
        new WritePlan.Circumstances(
            command,
            tables.policy(table.name()),
            siblings::sawLater,
            row -> table.isOwn(row, tables.clock().width()),
            row -> table.isUntouched(row, tables.clock().width()),
            address -> table.known(address) != null,
            moment,
            module.room(),
            tables.nowMs());
    WritePlan plan = WritePlan.of(entries, rows, in);
    notes.limits(entries).ifPresent(text -> warnings.warn("table-limit", table.name(), text));
    notes.keeps(plan, in);
    count(plan, table.name(), in.room(), tally);
    if (order.dryRun()) {
      tally.applied(plan.writes().size());
      DryRun.describe(plan, in.moment(), tally);
    } else {
      new TableWrite(tables, table, plan, in, removals).run(order.fence(), tally);
      notes.waiting(removals.waiting(table), in.policy());
    }
    return order.routine() ? tally.report() : logged(tally.report(), command);
  }

  private static void count(WritePlan plan, String table, int room, ScopeReport.Tally tally) {
    tally
        .unchanged(plan.unchanged())
        .removed(plan.removed() + plan.stale().size())
        .extra(plan.extras().size())
        .refused(Reason.EXPIRED, plan.expired(), "entries older than the persistence of " + table)
        .refused(Reason.TABLE_FULL, plan.full(), "ip_list_tot is " + room + "; the newest are in");
  }

  private static ScopeReport logged(ScopeReport report, Command command) {
    log.info(
        "{}: {} written ({}), {} unchanged, {} removed, {} refused, {} mismatched, {} extra",
        report.scope(),
        report.applied(),
        command,
        report.unchanged(),
        report.removed(),
        report.refused(),
        report.mismatched(),
        report.extra());
    if (!report.complete()) {
      log.warn(
          "{} is not complete, for example: {}",
          report.scope(),
          report.examples().stream().findFirst());
    }
    return report;
  }

  private static List<RecentEntry> entries(List<SessionRecord> records) {
    List<RecentEntry> entries = new ArrayList<>(records.size());
    for (SessionRecord session : records) {
      if (session instanceof RecentEntry entry) {
        entries.add(entry);
      }
    }
    return entries;
  }
}
