package io.ssyncd.log.atomix;

/** What the cluster said to a request of {@link SessionLine}. */
sealed interface Answer {
  /**
   * It is committed and applied.
   *
   * @param index its place in the log; for a new session its id
   * @param result what the service answered
   */
  record Done(long index, byte[] result) implements Answer {}

  /**
   * Not now: no leader, a leader that stepped down, a server that is not ready.
   *
   * @param why for people
   * @param perhapsTaken whether it may be in a log all the same
   */
  record Later(String why, boolean perhapsTaken) implements Answer {}

  /** The cluster does not know the session (any more): this request changed nothing. */
  record Gone(String why) implements Answer {}

  /** The request cannot succeed in this session; it may have been applied. */
  record Broken(String why) implements Answer {}
}
