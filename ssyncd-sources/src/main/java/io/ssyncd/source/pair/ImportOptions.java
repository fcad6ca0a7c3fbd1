package io.ssyncd.source.pair;

import io.ssyncd.source.pound.FarmConfig;
import io.ssyncd.source.pound.Thinning;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/**
 * How to take over from an old master.
 *
 * @param jiffiesPerSecond of its kernel, which it cannot tell
 * @param deleteHold how long a deletion waits that comes before its session's time is over
 * @param thinning how far a session's last access has to move before that is replicated
 * @param farms what is known here of a farm's pound.cfg
 */
public record ImportOptions(
    int jiffiesPerSecond,
    Duration deleteHold,
    Thinning thinning,
    Function<String, Optional<FarmConfig>> farms) {

  /** What Debian's kernels have, and the old product's with them. */
  public static final int USUAL_JIFFIES_PER_SECOND = 250;

  /** With the rate of Debian's kernels. */
  public static ImportOptions of(Function<String, Optional<FarmConfig>> farms) {
    return new ImportOptions(
        USUAL_JIFFIES_PER_SECOND, Duration.ofSeconds(60), Thinning.DEFAULT, farms);
  }

  /** With that rate. */
  public ImportOptions withJiffiesPerSecond(int rate) {
    return new ImportOptions(rate, deleteHold, thinning, farms);
  }

  /** With that hold. */
  public ImportOptions withDeleteHold(Duration hold) {
    return new ImportOptions(jiffiesPerSecond, hold, thinning, farms);
  }

  /** With that thinning. */
  public ImportOptions withThinning(Thinning wanted) {
    return new ImportOptions(jiffiesPerSecond, deleteHold, wanted, farms);
  }
}
