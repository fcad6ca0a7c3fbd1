package io.ssyncd.source.recent;

import io.ssyncd.node.Intake;
import io.ssyncd.session.Mutation;
import io.ssyncd.session.RecentEntry;
import io.ssyncd.session.RecentKey;
import io.ssyncd.session.Scope;
import io.ssyncd.table.TableView;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A session's mouth: hands changes to the intake until it is told to be silent, and remembers
 * deletions until the cluster has made them, for an intake that drops what waits forgets them.
 */
final class Reporter {
  /** How many deletions are remembered; what is beyond is lost if the intake drops it. */
  static final int MAX_DELETIONS = 200_000;

  private static final Logger log = LoggerFactory.getLogger(Reporter.class);

  private final Intake intake;
  private final SourceHealth health;
  private final Set<RecentKey> deletions = new LinkedHashSet<>();
  private boolean silent;
  private boolean dropped;

  Reporter(Intake intake, SourceHealth health) {
    this.intake = intake;
    this.health = health;
  }

  /** What the cluster holds. */
  TableView table() {
    return intake.table();
  }

  /** From the return of this call on nothing is handed over. */
  synchronized void silence() {
    silent = true;
  }

  synchronized boolean isSilent() {
    return silent;
  }

  /** Whether the intake has dropped changes and has not asked for them since. */
  synchronized boolean isDropped() {
    return dropped;
  }

  /** Reports a new or changed entry; false if nothing is to be reported any more. */
  synchronized boolean put(RecentEntry entry) {
    deletions.remove(entry.key());
    return offer(new Mutation.Put(entry));
  }

  /** Reports that an entry is gone; false if nothing is to be reported any more. */
  synchronized boolean delete(RecentKey key) {
    if (deletions.size() >= MAX_DELETIONS) {
      health.warn(
          "deletions",
          "",
          "more than " + MAX_DELETIONS + " deletions wait for the cluster; some may be lost");
    } else {
      deletions.add(key);
    }
    return offer(new Mutation.Delete(key));
  }

  /**
   * Reports that a table was emptied on purpose: this takes the place of all that was said of it.
   */
  synchronized void clear(Scope table) {
    deletions.removeIf(key -> key.scope().equals(table));
    boolean unused = offer(new Mutation.ClearScope(table));
  }

  /** Forgets the deletions that the cluster has made. */
  synchronized void confirm() {
    if (!deletions.isEmpty() && !silent) {
      TableView table = intake.table();
      deletions.removeIf(key -> table.get(key) == null);
      if (deletions.isEmpty()) {
        health.clear("deletions");
      }
    }
  }

  /** The intake has room again: reports the deletions anew. */
  synchronized void resume() {
    dropped = false;
    for (RecentKey key : List.copyOf(deletions)) {
      if (!offer(new Mutation.Delete(key)) || dropped) {
        return;
      }
    }
  }

  /** Asks the node to write its tables back. */
  synchronized void replaced() {
    if (!silent) {
      intake.replaced();
    }
  }

  private boolean offer(Mutation mutation) {
    if (silent) {
      return false;
    }
    health.event();
    if (!intake.offer(mutation) && !dropped) {
      dropped = true;
      log.info("changes of recent entries were dropped: the log is slower than the kernel");
    }
    return true;
  }
}
