package io.ssyncd.log.atomix;

import java.time.Duration;

/**
 * What may be tuned beside {@link io.ssyncd.log.LogConfig}. The defaults are for production; tests
 * take smaller ones.
 *
 * @param segmentBytes size of a log file on disk; at least {@link #MIN_SEGMENT_BYTES}. The log is
 *     dropped in whole files
 * @param compactBytes a snapshot is taken once the log on disk is larger than this
 * @param proposalTimeout how long a proposal or barrier may take, its wait included
 * @param sessionTimeout after how long of silence the cluster forgets a member's proposals
 * @param startTimeout how long opening the log and the port may take
 * @param probeInterval how often members exchange notices and clocks
 * @param minFreeBytes with less free space on the log's disk a member does not start, and one that
 *     runs stops; at twice of it there is a warning
 */
public record AtomixTuning(
    int segmentBytes,
    long compactBytes,
    Duration proposalTimeout,
    Duration sessionTimeout,
    Duration startTimeout,
    Duration probeInterval,
    long minFreeBytes) {

  /** A segment must hold a few of the largest entries. */
  public static final int MIN_SEGMENT_BYTES = 1024 * 1024;

  /**
   * Five segments of production: with less, Atomix takes snapshots of its own, and with less than
   * three it makes no new segment.
   */
  public static final long DEFAULT_MIN_FREE_BYTES = 160L * 1024 * 1024;

  public AtomixTuning {
    if (segmentBytes < MIN_SEGMENT_BYTES) {
      throw new IllegalArgumentException(
          "segments of " + segmentBytes + " bytes are below " + MIN_SEGMENT_BYTES);
    }
  }

  /**
   * For production. The sizes of the log's files can be made smaller with the system properties
   * {@code ssyncd.log.segment-bytes} and {@code ssyncd.log.compact-bytes}, so that a test with
   * processes need not fill 256 MiB before a log is compacted; nothing else has a use for them.
   */
  public static AtomixTuning defaults() {
    return new AtomixTuning(
        Integer.getInteger("ssyncd.log.segment-bytes", 32 * 1024 * 1024),
        Long.getLong("ssyncd.log.compact-bytes", 256L * 1024 * 1024),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10),
        Duration.ofSeconds(60),
        Duration.ofMillis(250),
        DEFAULT_MIN_FREE_BYTES);
  }

  /** The same with another bound on free space. */
  public AtomixTuning withMinFreeBytes(long bytes) {
    return new AtomixTuning(
        segmentBytes,
        compactBytes,
        proposalTimeout,
        sessionTimeout,
        startTimeout,
        probeInterval,
        bytes);
  }
}
