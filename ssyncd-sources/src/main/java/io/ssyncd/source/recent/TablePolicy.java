package io.ssyncd.source.recent;

import java.time.Duration;
import java.util.Optional;

/**
 * What an operator says of some tables, because their rules cannot be asked: it matters where the
 * kernel keeps no ages that are written to it.
 *
 * @param tables a glob of table names
 * @param persistence how long an entry counts: the {@code --seconds} of the rules that look it up;
 *     empty if not known
 * @param hits how often an entry is written on a stock kernel
 */
public record TablePolicy(String tables, Optional<Duration> persistence, Hits hits) {
  /** What holds for a table that no policy names: an unknown persistence, presence alone. */
  public static final TablePolicy NONE = new TablePolicy("*", Optional.empty(), Hits.PRESENCE);

  public TablePolicy {
    Globs.compile(tables);
    if (persistence.isPresent() && persistence.get().compareTo(Duration.ZERO) <= 0) {
      throw new IllegalArgumentException("a persistence is longer than nothing: " + tables);
    }
  }

  /** How many hits a stock kernel is given. */
  public enum Hits {
    /** One, whatever the entry had: nobody is blocked for hits that were days apart. */
    PRESENCE,
    /** As many as the entry had, all of them stamped now. */
    REPLAY
  }
}
