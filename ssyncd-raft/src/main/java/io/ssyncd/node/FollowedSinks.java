package io.ssyncd.node;

import io.ssyncd.session.Feed;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the sinks stand that a node keeps current while another one leads.
 *
 * @param cpuShare what their writes took of one core over the last minute: 0.1 is a tenth
 * @param cpuBound what they may take
 * @param sinks each of them; empty while this node leads
 */
public record FollowedSinks(double cpuShare, double cpuBound, List<Sink> sinks) {
  public FollowedSinks {
    sinks = List.copyOf(sinks);
  }

  /**
   * A sink that is kept current.
   *
   * @param feed whose
   * @param lagEntries entries of the log that changed the feed and are not in the sink
   * @param writes how many came to their end since this node follows
   * @param records how many records these wrote and took away
   * @param paused why it is left alone; null if it is not
   */
  public record Sink(
      Feed feed, long lagEntries, long writes, long records, @Nullable String paused) {}
}
