package io.ssyncd.sink.recent;

import io.ssyncd.session.RecentKey;
import io.ssyncd.session.Scope;
import io.ssyncd.session.SessionKey;
import io.ssyncd.source.recent.KernelTable;
import io.ssyncd.source.recent.KernelTables;
import io.ssyncd.source.recent.RecentAddress;
import io.ssyncd.source.recent.RecentRow;
import io.ssyncd.source.recent.TableFiles;
import io.ssyncd.source.recent.TablePolicy;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes rows out of kernel tables, whoever wrote them, on an operator's word alone. A table that
 * goes away meanwhile took its rows with it and is passed over, which is logged; one that fails
 * keeps no other from its turn. Thread-safe.
 */
final class Erasure {
  private static final Logger log = LoggerFactory.getLogger(Erasure.class);

  private final KernelTables tables;

  /** From these tables. */
  Erasure(KernelTables tables) {
    this.tables = tables;
  }

  /** What is done with a table that is open and whose lock is held; how many rows went. */
  @FunctionalInterface
  private interface Step {
    int take(KernelTable table, TableFiles.Commands commands) throws IOException;
  }

  /**
   * Empties tables.
   *
   * @param present those that are there
   * @param scopes which of them; all if empty
   * @param emptied told of each table, by name, while its lock is still held
   * @return how many rows each table lost
   * @throws IOException if one could not be emptied; says which, when all had their turn
   */
  SortedMap<Scope, Integer> clear(
      Collection<String> present, Set<Scope> scopes, Consumer<String> emptied)
      throws IOException, InterruptedException {
    SortedMap<Scope, Integer> lost = new TreeMap<>();
    TableFailures failures = new TableFailures("emptied");
    for (String name : present) {
      if (scopes.isEmpty() || scopes.contains(Scope.table(name))) {
        OptionalInt rows = each(name, failures, (table, to) -> empty(table, to, emptied));
        rows.ifPresent(count -> lost.put(Scope.table(name), count));
      }
    }
    failures.throwIfAny();
    return lost;
  }

  private int empty(KernelTable table, TableFiles.Commands commands, Consumer<String> emptied)
      throws IOException {
    int rows = tables.read(table.name()).size();
    commands.write(ByteBuffer.wrap(new byte[] {'/', '\n'}));
    table.cleared();
    emptied.accept(table.name());
    log.info("table {} was emptied of {} rows", table.name(), rows);
    return rows;
  }

  /**
   * Takes out the rows of some addresses.
   *
   * @param present the tables that are there
   * @param keys of entries; those of other tables are passed over
   * @return how many rows went
   * @throws IOException if a table kept some; says which, when all had their turn
   */
  int forget(Collection<String> present, Collection<SessionKey> keys)
      throws IOException, InterruptedException {
    SortedMap<String, List<RecentAddress>> byTable = new TreeMap<>();
    for (SessionKey key : keys) {
      if (key instanceof RecentKey recent) {
        byTable
            .computeIfAbsent(recent.table(), unused -> new ArrayList<>())
            .add(RecentAddress.of(recent.address()));
      }
    }
    byTable.keySet().retainAll(present);
    int gone = 0;
    TableFailures failures = new TableFailures("purged");
    for (Map.Entry<String, List<RecentAddress>> its : byTable.entrySet()) {
      gone +=
          each(its.getKey(), failures, (table, to) -> remove(table, to, its.getValue())).orElse(0);
    }
    failures.throwIfAny();
    return gone;
  }

  private int remove(KernelTable table, TableFiles.Commands commands, List<RecentAddress> addresses)
      throws IOException {
    int gone = 0;
    Map<RecentAddress, RecentRow> rows = tables.read(table.name());
    StockWriter stock = new StockWriter(commands, TablePolicy.Hits.PRESENCE);
    for (RecentAddress address : addresses) {
      if (rows.containsKey(address)) {
        stock.remove(address);
        table.removed(address);
        gone++;
      }
    }
    log.info("{} rows of table {} were purged", gone, table.name());
    return gone;
  }

  /** How many rows went; empty if the table is gone, or failed. */
  private OptionalInt each(String name, TableFailures failures, Step step)
      throws IOException, InterruptedException {
    KernelTable table = tables.table(name);
    table.lock().lockInterruptibly();
    try {
      return OptionalInt.of(onceOrAgain(table, step));
    } catch (NoSuchFileException e) {
      log.info("table {} went away meanwhile, with its rows", name);
    } catch (ClosedByInterruptException e) {
      throw e;
    } catch (IOException e) {
      failures.add(name, e);
    } finally {
      table.lock().unlock();
    }
    return OptionalInt.empty();
  }

  /**
   * A table that goes away while it is open answers EIO from then on. Looked up once more it is not
   * there, or another one of its name is.
   */
  private int onceOrAgain(KernelTable table, Step step) throws IOException {
    try {
      return once(table, step);
    } catch (NoSuchFileException | ClosedByInterruptException e) {
      throw e;
    } catch (IOException e) {
      log.info("table {} is looked up once more: {}", table.name(), e.toString());
      return once(table, step);
    }
  }

  private int once(KernelTable table, Step step) throws IOException {
    try (TableFiles.Commands commands = tables.files().open(table.name())) {
      return step.take(table, commands);
    }
  }
}
