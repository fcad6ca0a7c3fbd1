package io.ssyncd.log;

import org.jspecify.annotations.Nullable;

/** Hears of changes. Called by the log's threads, one call at a time; must return at once. */
public interface LogListener {
  /**
   * This member's role changed.
   *
   * @param role the new role
   * @param term the term that it holds in
   */
  void roleChanged(Role role, long term);

  /**
   * Another member leads, or nobody is known to.
   *
   * @param leader its name; null if unknown
   * @param term the term it leads in
   */
  void leaderChanged(@Nullable String leader, long term);

  /**
   * The log halted and will not come back in this process.
   *
   * @param reason for people: what happened, and what to do
   */
  void halted(String reason);
}
