package io.ssyncd.node;

import io.ssyncd.log.Entry;
import io.ssyncd.log.Outcome;
import io.ssyncd.table.TableListener;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Listens for entries that change more than records, OPENs, commands and restores, and brings the
 * news to the node's thread. Called by the thread that applies.
 */
final class TableNews implements TableListener {
  private final NodeLoop loop;
  private final Runnable heard;
  private final AtomicBoolean told = new AtomicBoolean();

  /**
   * @param heard run on the node's thread after one or many such entries
   */
  TableNews(NodeLoop loop, Runnable heard) {
    this.loop = loop;
    this.heard = heard;
  }

  @Override
  public void applied(long index, @Nullable Entry entry, Outcome outcome) {
    if (entry instanceof Entry.Open
        || entry instanceof Entry.Command
        || entry instanceof Entry.Restore restore
            && restore.step() instanceof Entry.RestoreStep.End) {
      tell();
    }
  }

  @Override
  public void restored(long index) {
    tell();
  }

  /** One task for many entries: a restart replays the whole log. */
  private void tell() {
    if (told.compareAndSet(false, true)) {
      loop.execute(
          () -> {
            told.set(false);
            heard.run();
          });
    }
  }
}
