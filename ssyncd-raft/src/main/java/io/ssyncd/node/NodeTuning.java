package io.ssyncd.node;

import java.time.Duration;

/**
 * What is not configured, for tests to shorten.
 *
 * @param vipPoll how often the host is asked for its addresses
 * @param holdDown for how long another member has to hold the address, and this one has to be done
 *     with its write, before leadership is handed to it
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
    Duration holdDown,
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

  /**
   * For production.
   *
   * @param addressFollowsLeader whether a track file draws the address to the leader: it must have
   *     time to (keepalived 2.2.7 takes 3 to 4 s with its default advert_int of 1 s)
   */
  static NodeTuning defaults(boolean addressFollowsLeader) {
    return new NodeTuning(
        Duration.ofMillis(500),
        addressFollowsLeader ? Duration.ofSeconds(5) : Duration.ofSeconds(1),
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
