package io.ssyncd.system;

/** What a soak does to a cluster. */
enum SoakFault {
  /** {@code kill -9}; the daemon is started again. */
  KILL_LEADER,
  /** {@code kill -9}; the daemon is started again. */
  KILL_FOLLOWER,
  /** SIGSTOP for a few seconds, whoever it is. */
  SUSPEND,
  /** SIGTERM, then started again. */
  RESTART,
  /** {@code switch master} at a follower. */
  TRANSFER,
  /** The Pound of a follower dies and comes back empty. */
  RESTART_POUND
}
