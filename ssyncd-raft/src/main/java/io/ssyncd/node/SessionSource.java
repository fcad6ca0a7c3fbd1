package io.ssyncd.node;

import io.ssyncd.session.Feed;
import java.util.List;

/**
 * Where sessions come from: a Pound, or the kernel's tables. A source only speaks while it is
 * started, which a node does on the leader alone, and only after the table was written.
 *
 * <p>{@link #start}, {@link #stop} and {@link #resync} are called by one thread of the node and
 * return soon: they never wait for the process behind the source.
 */
public interface SessionSource {
  /** Which feed this is the source of. */
  Feed feed();

  /**
   * Begins to report: first what differs between the process behind the source and {@link
   * Intake#table()} (the newer one wins; what is missing there is not deleted here), then every
   * change.
   */
  void start(Intake intake);

  /** Reports nothing more, from the return of this call on. Does nothing on a stopped source. */
  void stop();

  /**
   * The intake dropped changes of this feed and has room again: look at everything once more and
   * report what differs.
   */
  void resync();

  /**
   * Whether the process behind it takes what is written but tells nothing of what happens there,
   * and will not by itself. Nothing can be collected from it, so a node that has one lets another
   * lead that hears more. Never blocks.
   */
  default boolean isDeaf() {
    return false;
  }

  /**
   * How many records the process behind it had when this node began to lead that a policy keeps out
   * of the cluster until their clients come again; 0 while it is stopped. Never blocks.
   */
  default long notAdopted() {
    return 0;
  }

  /**
   * How many changes clients made in the process behind it, as far as it can tell them from what
   * was written there, and from what it was asked for; since the start of this process. 0 where
   * that is not told. Never blocks.
   */
  default long traffic() {
    return 0;
  }

  /** What an operator should know of it now; for {@code status} and metrics. Never blocks. */
  SourceStatus status();

  /**
   * How a source stands.
   *
   * @param connected whether the process or the table behind it is in reach
   * @param events changes it has seen since the start of this process
   * @param malformed frames or rows it could not read since the start of this process
   * @param warnings what is wrong now, each with a code for scripts
   */
  record SourceStatus(boolean connected, long events, long malformed, List<Warning> warnings) {
    public SourceStatus {
      warnings = List.copyOf(warnings);
    }
  }
}
