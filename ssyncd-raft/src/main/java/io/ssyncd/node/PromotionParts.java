package io.ssyncd.node;

/** Makes what a promotion needs for a reign. */
interface PromotionParts {
  /**
   * The sinks and sources of a reign whose OPEN is applied, none of them begun.
   *
   * @param of hears of them
   */
  LeaderFeeds feeds(Reign reign, Promotion of);

  /** A witness was elected. */
  void handOn();
}
