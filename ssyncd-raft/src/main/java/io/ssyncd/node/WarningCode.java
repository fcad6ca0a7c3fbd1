package io.ssyncd.node;

import java.util.Locale;

/**
 * The warnings of a node itself; sources and sinks have codes of their own. The words are stable,
 * for scripts; docs/warnings.md says what to do.
 */
public enum WarningCode {
  /** Two voters: when one is gone, nothing is committed. */
  TWO_NODES,
  /** No majority is in reach. */
  NO_QUORUM,
  /** The others do not know this node: it was not taken in yet, or was taken out. */
  NOT_A_MEMBER,
  /** The cluster's members are not those of this node's configuration file. */
  MEMBERS_DIFFER,
  /** A member does not answer. */
  MEMBER_UNREACHABLE,
  /** A member's table is far behind the log. */
  LAG,
  /** Members hold different tables at one index. */
  DIGEST_DIFFERS,
  /** A restore has not put its records into the table yet, or never will. */
  RESTORE_UNFINISHED,
  /** A member's clock differs from this node's. */
  CLOCK_OFFSET,
  /** A bound of the table is reached; new records are not kept. */
  TABLE_FULL,
  /** Changes that no batch can carry were lost. */
  UNFIT_CHANGES,
  /** The local end of a feed cannot be opened on this host. */
  FEED_REFUSED,
  /** More feeds are started than a node takes. */
  TOO_MANY_FEEDS,
  /** A sink could not be written; it is tried again. */
  SINK_FAILED,
  /** A sink was written, but not with everything. */
  SINK_PARTIAL,
  /** Members' configurations of a farm differ. */
  CONFIGURATION_DIFFERS,
  /** This node leads without the address that traffic comes to. */
  VIP_ELSEWHERE,
  /** More than one host holds an address that traffic comes to. */
  VIP_TWICE,
  /** This host's addresses cannot be read, or keepalived has said nothing yet. */
  VIP_UNKNOWN,
  /** The address comes and goes. */
  VIP_FLAPS,
  /** keepalived's notify FIFO cannot be read. */
  NOTIFY_FIFO,
  /** This node served without a majority, and holds what the cluster does not know. */
  SERVED_ALONE,
  /** Sessions appear in the Pound of a node that does not lead. */
  FOLLOWER_TRAFFIC,
  /** A sink that this node keeps current while it follows is left alone for now. */
  NOT_KEPT_CURRENT,
  /** A witness leads and finds nobody to hand leadership to. */
  WITNESS_LEADS,
  /** A node leads that cannot hear one of its Pounds. */
  DEAF_LEADS,
  /** keepalived's track file cannot be written. */
  TRACK_FILE,
  /** What an operator cleared is still in this host's kernel. */
  CLEAR_FAILED,
  /** The promotion passed its deadline; what is ready is served. */
  PROMOTION_LATE,
  /** The data directory is no longer the one that this process began with. */
  DATA_DIRECTORY_GONE,
  /** The log has halted in this process. */
  HALTED;

  /** The code in lower case, words joined by hyphens. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** A warning of this code. */
  public Warning with(String text) {
    return new Warning(word(), text);
  }
}
