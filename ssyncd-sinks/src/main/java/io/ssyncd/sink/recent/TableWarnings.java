package io.ssyncd.sink.recent;

import io.ssyncd.node.Warning;
import io.ssyncd.node.WriteOrder;
import io.ssyncd.session.Scope;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What writes found to warn of: each warning stays until a write of the same table finds it no
 * more, and is logged when it is new or says something else. For one writer; {@link #all} is for
 * any thread.
 */
final class TableWarnings {
  private static final Logger log = LoggerFactory.getLogger(TableWarnings.class);

  private final SortedMap<Subject, Warning> warnings = new ConcurrentSkipListMap<>();

  /** What the write under way has found. */
  private final SortedMap<Subject, Warning> found = new TreeMap<>();

  /** What a warning is about: a table, or all of them if its name is empty. */
  private record Subject(String code, String table) implements Comparable<Subject> {
    @Override
    public int compareTo(Subject other) {
      int tables = table.compareTo(other.table);
      return tables != 0 ? tables : code.compareTo(other.code);
    }
  }

  /** A write begins. */
  void begin() {
    found.clear();
  }

  /**
   * The write has found something.
   *
   * @param table empty if it is about all
   */
  void warn(String code, String table, String text) {
    Subject about = new Subject(code, table);
    Warning warning = new Warning(code, text);
    if (!warning.equals(warnings.get(about))) {
      log.warn(text);
    }
    found.put(about, warning);
  }

  /** The write of that order ended, well or not: what it was about and did not find is over. */
  void end(WriteOrder order) {
    warnings.putAll(found);
    warnings.keySet().removeIf(old -> isAbout(order, old) && !found.containsKey(old));
  }

  private static boolean isAbout(WriteOrder order, Subject subject) {
    return subject.table().isEmpty() || order.wants(Scope.table(subject.table()));
  }

  /** What is to be warned of now. */
  List<Warning> all() {
    return List.copyOf(warnings.values());
  }
}
