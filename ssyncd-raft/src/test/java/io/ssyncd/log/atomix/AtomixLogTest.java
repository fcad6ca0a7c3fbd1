package io.ssyncd.log.atomix;

import io.ssyncd.log.LogConfig;
import io.ssyncd.log.ReplicatedLog;
import io.ssyncd.log.ReplicatedLogContract;
import java.time.Duration;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The contract, kept by the adapter for Atomix. */
@Execution(ExecutionMode.CONCURRENT)
class AtomixLogTest extends ReplicatedLogContract {
  static final AtomixTuning SMALL =
      new AtomixTuning(
          AtomixTuning.MIN_SEGMENT_BYTES,
          4L * AtomixTuning.MIN_SEGMENT_BYTES,
          Duration.ofSeconds(5),
          Duration.ofSeconds(10),
          Duration.ofSeconds(20),
          Duration.ofMillis(100),
          3L * AtomixTuning.MIN_SEGMENT_BYTES);

  @Override
  protected ReplicatedLog create(LogConfig config) {
    return new AtomixLog(config, SMALL);
  }

  @Override
  protected void kill(ReplicatedLog log) {
    ((AtomixLog) log).abort();
  }
}
