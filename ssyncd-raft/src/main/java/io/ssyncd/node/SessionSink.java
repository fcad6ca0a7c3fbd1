package io.ssyncd.node;

import io.ssyncd.session.Feed;
import io.ssyncd.session.Scope;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/**
 * Where sessions are written to: a Pound, or the kernel's tables.
 *
 * <p>{@link #write} may take long, is called by one thread at a time and ends early, with an {@link
 * InterruptedException}, when that thread is interrupted.
 */
public interface SessionSink {
  /** Which feed this is the sink of. */
  Feed feed();

  /**
   * Brings the process behind the sink to the state of the order: looks at what it holds, writes
   * only what is missing or older there, reads it back.
   *
   * @return a report for each scope of the order, and for each scope found to need one
   * @throws IOException if the process cannot be reached or stops answering: nothing is known of
   *     what it holds then; the message names it
   * @throws FencedException if the order's fence fell on the way
   */
  List<ScopeReport> write(WriteOrder order)
      throws IOException, InterruptedException, FencedException;

  /**
   * Whether a process is in reach that was never written: it came in the place of the one that was,
   * and knows nothing. Never blocks.
   */
  default boolean isUnwritten() {
    return false;
  }

  /**
   * The scopes that were written and have nothing any more, each told once: kernel tables that were
   * made anew. For a sink that is kept current; asked some times a second, by one thread. Takes no
   * more than a hundredth of the time.
   */
  default Set<Scope> emptied() {
    return Set.of();
  }

  /** What is wrong with it now. Never blocks. */
  List<Warning> warnings();
}
