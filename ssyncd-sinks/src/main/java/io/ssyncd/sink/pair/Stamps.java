package io.ssyncd.sink.pair;

import io.ssyncd.session.RecentEntry;
import java.io.IOException;

/**
 * Translates the times of entries for an old backup, which writes them to its kernel as they are.
 */
@FunctionalInterface
public interface Stamps {
  /**
   * The newest stamps of an entry in this host's jiffies, oldest first: the original as well sends
   * those of its own host.
   *
   * @throws IOException if this host's jiffies are not known
   */
  long[] of(RecentEntry entry) throws IOException, InterruptedException;
}
