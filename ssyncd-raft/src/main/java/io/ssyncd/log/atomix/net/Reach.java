package io.ssyncd.log.atomix.net;

/** Which member hears which: the network as tests bend it. What does not pass is lost silently. */
@FunctionalInterface
public interface Reach {
  /** Everybody hears everybody. */
  Reach ALL = (from, to) -> true;

  /** Whether a message of one member arrives at another. */
  boolean passes(String from, String to);

  /**
   * How long a message that has arrived waits before it is read, in milliseconds; those that wait
   * less overtake it.
   */
  default long delayMillis(String from, String to) {
    return 0;
  }
}
