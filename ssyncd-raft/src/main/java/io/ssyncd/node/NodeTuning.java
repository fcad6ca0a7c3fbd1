package io.ssyncd.node;

import java.time.Duration;

/**
 * What is not configured, for tests to shorten.
 *
 * @param vipPoll how often the host is asked for its addresses
 * @param settle how long an address has to be on this host before leadership follows it: keepalived
 *     2.2.7 makes two masters for up to 30 ms
 * @param transferPause between two tries to hand leadership on
 * @param noticeEvery how often notices are published and members compared
 * @param noticeAge how old another member's newest notice may be, see {@link
 *     io.ssyncd.log.ReplicatedLog#publish}
 * @param sinkRetry first pause after a failed write; doubles
 * @param sinkRetryMost longest such pause
 * @param proposeRetry first pause after a proposal that the log did not answer; doubles
 * @param proposeRetryMost longest such pause
 * @param writeMost a sink that writes for longer is interrupted
 * @param drainMost how long changes that wait may take to be committed before a sink is written
 * @param barrierMost how long an operator's write waits for its barrier
 * @param commandMost how long an operator's wish is tried
 * @param trackEvery how often the track file is written anew
 */
record NodeTuning(
    Duration vipPoll,
    Duration settle,
    Duration transferPause,
    Duration noticeEvery,
    Duration noticeAge,
    Duration sinkRetry,
    Duration sinkRetryMost,
    Duration proposeRetry,
    Duration proposeRetryMost,
    Duration writeMost,
    Duration drainMost,
    Duration barrierMost,
    Duration commandMost,
    Duration trackEvery) {

  /** For production. */
  static NodeTuning defaults() {
    return new NodeTuning(
        Duration.ofMillis(500),
        Duration.ofMillis(100),
        Duration.ofSeconds(5),
        Duration.ofMillis(250),
        Duration.ofSeconds(1),
        Duration.ofMillis(100),
        Duration.ofSeconds(2),
        Duration.ofMillis(20),
        Duration.ofSeconds(1),
        Duration.ofMinutes(5),
        Duration.ofMillis(500),
        Duration.ofSeconds(3),
        Duration.ofSeconds(8),
        Duration.ofSeconds(1));
  }
}
