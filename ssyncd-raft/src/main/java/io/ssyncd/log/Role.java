package io.ssyncd.log;

/** What a member is in its cluster just now. */
public enum Role {
  /** Proposals end here; at most one a term. */
  LEADER,
  /** Takes the leader's entries. */
  FOLLOWER,
  /** Asks to be elected: there is no leader it knows of. */
  CANDIDATE,
  /** Not (or no longer) taking part: starting, stopping or halted. */
  INACTIVE
}
