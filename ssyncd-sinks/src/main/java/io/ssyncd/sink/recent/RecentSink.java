package io.ssyncd.sink.recent;

import io.ssyncd.node.FencedException;
import io.ssyncd.node.NodeStatus;
import io.ssyncd.node.ScopeReport;
import io.ssyncd.node.SessionSink;
import io.ssyncd.node.Warning;
import io.ssyncd.node.WriteOrder;
import io.ssyncd.session.Feed;
import io.ssyncd.session.Kind;
import io.ssyncd.session.Scope;
import io.ssyncd.session.SessionKey;
import io.ssyncd.source.recent.KernelTables;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;

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
  private final KernelTables tables;
  private final CommandProbe probe;
  private final TableWarnings warnings = new TableWarnings();
  private final Removals removals;
  private final EmptiedTables emptied;
  private final Erasure erasure;

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
    List<Warning> all = new ArrayList<>(warnings.all());
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
    warnings.begin();
    removals.begin(order.table());
    try {
      return writeTables(order);
    } finally {
      warnings.end(order);
    }
  }

  private List<ScopeReport> writeTables(WriteOrder order)
      throws IOException, InterruptedException, FencedException {
    SortedSet<String> present = present();
    SortedSet<String> names = names(order, present);
    OrderedWrite ordered = new OrderedWrite(tables, order, probe, removals, warnings);
    List<ScopeReport> reports = new ArrayList<>();
    TableFailures failures = new TableFailures("written");
    for (String name : names) {
      String where = " at table " + name + ", after " + reports.size() + " of " + names.size();
      if (Thread.interrupted()) {
        throw new InterruptedException("the write was interrupted" + where);
      }
      try {
        reports.add(present.contains(name) ? ordered.write(name) : ordered.missing(name));
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
      String why = "no folder of tables, xt_recent is not loaded: " + e.getFile();
      warnings.warn("xt-recent-missing", "", why);
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
}
