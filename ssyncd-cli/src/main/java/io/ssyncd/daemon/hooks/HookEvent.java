package io.ssyncd.daemon.hooks;

import io.ssyncd.node.NodeChange;
import io.ssyncd.node.NodeState;
import java.util.Locale;

/** What a hook can be run on; the words are keys of the configuration. */
public enum HookEvent {
  /** This node does not lead: after its start, and when it has given up leadership. */
  FOLLOWER,
  /** This node was elected. */
  ELECTED,
  /** Everything that was acknowledged is in its table. */
  CAUGHT_UP,
  /** Its Pounds and kernel are written. */
  WRITING,
  /** They were written and read back. */
  VERIFIED,
  /** It collects sessions. */
  INGESTING,
  /** It leads no more, and stops what it does as a leader. */
  DRAINING,
  /** No majority is in reach. */
  QUORUM_LOST,
  /** A majority is in reach: for the first time, or again. */
  QUORUM_BACK,
  /** Each of these. */
  ANY;

  /** The word in lower case, its parts joined by hyphens. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static HookEvent of(NodeChange change) {
    return switch (change.what()) {
      case QUORUM_LOST -> QUORUM_LOST;
      case QUORUM_BACK -> QUORUM_BACK;
      case STATE -> of(change.state());
    };
  }

  private static HookEvent of(NodeState state) {
    return switch (state) {
      case FOLLOWER -> FOLLOWER;
      case ELECTED -> ELECTED;
      case CAUGHT_UP -> CAUGHT_UP;
      case WRITING -> WRITING;
      case VERIFIED -> VERIFIED;
      case INGESTING -> INGESTING;
      case DRAINING -> DRAINING;
    };
  }
}
