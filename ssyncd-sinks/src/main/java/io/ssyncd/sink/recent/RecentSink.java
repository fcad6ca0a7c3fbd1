package io.ssyncd.sink.recent;

import io.ssyncd.node.FencedException;
import io.ssyncd.node.NodeStatus;
import io.ssyncd.node.Reason;
import io.ssyncd.node.ScopeReport;
import io.ssyncd.node.SessionSink;
import io.ssyncd.node.Warning;
import io.ssyncd.node.WriteOrder;
import io.ssyncd.session.Feed;
import io.ssyncd.session.Kind;
import io.ssyncd.session.RecentEntry;
import io.ssyncd.session.Scope;
import io.ssyncd.session.SessionKey;
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
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes entries into this host's xt_recent tables: what is missing there or older, oldest first,
 * and reads it back. A table is never emptied by a write; rows that the cluster does not know are
 * counted as extra and stay, unless the table is full and they are the oldest, or an earlier write
 * of this node made them and no packet came since: these went with their entries.
 *
 * <p>With the restore command the kernel keeps everything. A stock kernel takes presence alone, and
 * every report says so: an entry counts as seen when it was written, once, unless the table's
 * policy wants its hits replayed; where the policy says how long entries count, older ones are
 * refused as expired, and the others are taken out again when their time is over, see {@link
 * Removals}; and of sibling tables only the one that saw a client last gets it.
 */
public final class RecentSink implements SessionSink, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RecentSink.class);

  private final KernelTables tables;
  private final CommandProbe probe;
  private final Removals removals;
  private final EmptiedTables emptied;
  private final Erasure erasure;
  private final SortedMap<Subject, Warning> warnings = new ConcurrentSkipListMap<>();

  /** What the write under way has found to warn of. */
  private final SortedMap<Subject, Warning> found = new TreeMap<>();

  /** What a warning is about: a table, or all of them if its name is empty. */
  private record Subject(String code, String table) implements Comparable<Subject> {
    @Override
    public int compareTo(Subject other) {
      int tables = table.compareTo(other.table);
      return tables != 0 ? tables : code.compareTo(other.code);
    }
  }

  /** A sink into these tables. */
  public RecentSink(KernelTables tables) {
    this.tables = tables;
    this.probe = new CommandProbe(tables);
    this.removals = new Removals(tables);
    this.emptied = new EmptiedTables(tables);
    this.erasure = new Erasure(tables);
  }

  @Override
  public Feed feed() {
    return Feed.RECENT;
  }

  @Override
  public List<Warning> warnings() {
    List<Warning> all = new ArrayList<>(warnings.values());
    Warning late = removals.warning();
    if (late != null) {
      all.add(late);
    }
    return List.copyOf(all);
  }

  @Override
  public Set<Scope> emptied() {
    return emptied.look();
  }

  @Override
  public List<ScopeReport> write(WriteOrder order)
      throws IOException, InterruptedException, FencedException {
    found.clear();
    removals.begin(order.table());
    try {
      return writeTables(order);
    } finally {
      warnings.putAll(found);
      warnings.keySet().removeIf(old -> isAbout(order, old) && !found.containsKey(old));
    }
  }

  private List<ScopeReport> writeTables(WriteOrder order)
      throws IOException, InterruptedException, FencedException {
    SortedSet<String> present = present();
    SortedSet<String> names = names(order, present);
    Siblings siblings = Siblings.of(order.table());
    XtRecentModule module = tables.module();
    List<ScopeReport> reports = new ArrayList<>();
    TableFailures failures = new TableFailures("written");
    for (String name : names) {
      String where = " at table " + name + ", after " + reports.size() + " of " + names.size();
      if (Thread.interrupted()) {
        throw new InterruptedException("the write was interrupted" + where);
      }
      try {
        reports.add(
            present.contains(name)
                ? write(tables.table(name), order, siblings, module)
                : missing(name, order));
      } catch (ClosedByInterruptException e) {
        Thread.interrupted();
        InterruptedException interrupted =
            new InterruptedException("the write was interrupted" + where);
        interrupted.initCause(e);
        throw interrupted;
      } catch (IOException e) {
        failures.add(name, e);
      }
    }
    failures.throwIfAny();
    return reports;
  }

  private static boolean isAbout(WriteOrder order, Subject subject) {
    return subject.table().isEmpty() || order.wants(Scope.table(subject.table()));
  }

  /**
   * Empties tables, on an operator's word alone: what {@code clear recent} does beside clearing the
   * cluster. Tables that are not there, or not any more, or not kept in the cluster, are passed
   * over.
   *
   * @param scopes the tables; all that the cluster keeps if empty
   * @param emptied told of each table, by name, while its lock is still held
   * @return how many rows each table lost
   * @throws IOException if one could not be emptied; says which, when all had their turn
   */
  public SortedMap<Scope, Integer> clear(Set<Scope> scopes, Consumer<String> emptied)
      throws IOException, InterruptedException {
    return erasure.clear(present(), scopes, emptied);
  }

  /**
   * Takes rows out, whoever wrote them: what {@code purge} does beside deleting in the cluster.
   *
   * @param keys of entries; those of tables that are not there are passed over
   * @return how many rows went
   * @throws IOException if a table kept some; says which, when all had their turn
   */
  public int forget(Collection<SessionKey> keys) throws IOException, InterruptedException {
    return erasure.forget(present(), keys);
  }

  /** How many rows wait for their removal. */
  NodeStatus.QueueStatus removalsWaiting() {
    return removals.status();
  }

  /** For tests: takes out what is due, now. */
  Removals removals() {
    return removals;
  }

  /** Takes no rows out any more. */
  @Override
  public void close() {
    removals.close();
  }

  private SortedSet<String> present() throws IOException {
    try {
      return new TreeSet<>(tables.names());
    } catch (NoSuchFileException e) {
      warn("xt-recent-missing", "", "no folder of tables, xt_recent is not loaded: " + e.getFile());
      return new TreeSet<>();
    }
  }

  /** All tables of the order, and those of the kernel that the cluster holds nothing of. */
  private SortedSet<String> names(WriteOrder order, SortedSet<String> present) {
    SortedSet<String> names = new TreeSet<>();
    order.scopes().stream()
        .filter(scope -> scope.kind() == Kind.RECENT)
        .forEach(scope -> names.add(scope.name()));
    if (order.scopes().isEmpty()) {
      names.addAll(present);
      order.table().counts().keySet().stream()
          .filter(scope -> scope.kind() == Kind.RECENT && tables.selects(scope.name()))
          .forEach(scope -> names.add(scope.name()));
    }
    return names;
  }

  private ScopeReport missing(String name, WriteOrder order) {
    Scope scope = Scope.table(name);
    int count = order.table().records(scope).size();
    String why =
        tables.selects(name) ? "no rule names table " + name : "recent.tables leaves out " + name;
    warn("table-missing", name, why + "; " + count + " entries are not written");
    return new ScopeReport.Tally(scope)
        .refused(Reason.TABLE_MISSING, count, why)
        .note(why)
        .report();
  }

  private ScopeReport write(
      KernelTable table, WriteOrder order, Siblings siblings, XtRecentModule module)
      throws IOException, InterruptedException, FencedException {
    Scope scope = Scope.table(table.name());
    List<RecentEntry> entries = entries(order.table().records(scope));
    table.lock().lockInterruptibly();
    try {
      return writeOrAgain(table, entries, order, siblings, module);
    } catch (NoSuchFileException e) {
      return missing(table.name(), order);
    } finally {
      table.lock().unlock();
    }
  }

  /**
   * A table that goes away while it is open answers EIO from then on, also when one of its name is
   * made anew: then that is the one to write.
   */
  private ScopeReport writeOrAgain(
      KernelTable table,
      List<RecentEntry> entries,
      WriteOrder order,
      Siblings siblings,
      XtRecentModule module)
      throws IOException, InterruptedException, FencedException {
    try {
      return write(table, entries, order, siblings, module);
    } catch (NoSuchFileException | ClosedByInterruptException e) {
      throw e;
    } catch (IOException e) {
      log.warn("table {} is written once more: {}", table.name(), e.toString());
      return write(table, entries, order, siblings, module);
    }
  }

  private ScopeReport write(
      KernelTable table,
      List<RecentEntry> entries,
      WriteOrder order,
      Siblings siblings,
      XtRecentModule module)
      throws IOException, InterruptedException, FencedException {
    ScopeReport.Tally tally = new ScopeReport.Tally(Scope.table(table.name()));
    Map<RecentAddress, RecentRow> rows = tables.read(table.name());
    TableNotes notes = new TableNotes(module, table.name(), tally);
    JiffiesMoment moment = null;
    try {
      moment = entries.isEmpty() ? null : tables.clock().moment();
    } catch (IOException e) {
      notes.noClock(e);
      warn("jiffies-clock", "", String.valueOf(e.getMessage()));
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
    notes.limits(entries).ifPresent(text -> warn("table-limit", table.name(), text));
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

  private void warn(String code, String subject, String text) {
    Subject about = new Subject(code, subject);
    Warning warning = new Warning(code, text);
    if (!warning.equals(warnings.get(about))) {
      log.warn(text);
    }
    found.put(about, warning);
  }
}
